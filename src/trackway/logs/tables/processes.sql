-- processes: which programs stand in most records.
-- grain:  process, as spelled
-- reads:  record
SELECT
    process,
    sum(records)::BIGINT AS records,
    min(first) AS first,
    max(last) AS last
FROM record
WHERE process IS NOT NULL
GROUP BY process
ORDER BY records DESC, process
