-- files: what each file holds.
-- grain:  file
-- reads:  file, record
SELECT
    file.file,
    file.kind,
    file.bytes,
    count(record.file) AS records,
    min(record.time) AS first,
    max(record.time) AS last
FROM file
LEFT JOIN record ON record.file = file.file
GROUP BY file.file, file.kind, file.bytes
ORDER BY file.file
