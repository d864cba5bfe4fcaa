-- summary_sources: what each source gave, of all hosts together.
-- grain:  source
-- reads:  coverage

SELECT
    source,
    CAST(sum(records) AS BIGINT) AS records,
    count(DISTINCT host) AS hosts,
    min(first) AS first,
    max(last) AS last
FROM coverage
WHERE records > 0
GROUP BY source
ORDER BY source
