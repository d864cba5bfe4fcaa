-- summary_skipped: what could not be used, by file and reason.
-- grain:  file, reason
-- reads:  skipped

SELECT file, reason, count(*) AS records, count(*) OVER () AS groups
FROM skipped
GROUP BY file, reason
ORDER BY records DESC, file, reason
