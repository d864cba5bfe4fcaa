-- processes: which programs stand in most records.
-- grain:  process, as spelled
-- reads:  record
SELECT
    process,
    count(*) AS records,
    min(time) AS first,
    max(time) AS last
FROM record
WHERE process IS NOT NULL
GROUP BY process
ORDER BY records DESC, process
