-- files: what each file holds.
-- grain:  file
-- reads:  file, record
SELECT
    file.file,
    file.kind,
    file.bytes,
    coalesce(sum(record.records), 0)::BIGINT AS records,
    min(record.first) AS first,
    max(record.last) AS last
FROM file
LEFT JOIN record ON record.file = file.file
GROUP BY file.file, file.kind, file.bytes
ORDER BY file.file
