-- files: what became of each evidence file.
-- grain:  file
-- reads:  file

SELECT file, kind, size, sha256, hosts, seen, used, duplicates, ignored, skipped, note
FROM file
WHERE
    (getvariable('host') IS NULL OR len(list_filter(hosts, LAMBDA host: host_wanted(host))) > 0)
    AND (getvariable('contains') IS NULL OR holds([file, kind, sha256, note] || hosts))
ORDER BY file, kind, sha256
