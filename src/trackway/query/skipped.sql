-- skipped: records and files that could not be used, and why.
-- grain:  record
-- reads:  skipped

SELECT file, line, record, reason
FROM skipped
WHERE getvariable('contains') IS NULL OR holds([file, reason])
ORDER BY file, line, record, reason
