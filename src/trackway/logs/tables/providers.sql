-- providers: who writes how much.
-- grain:  provider
-- reads:  record
-- note:   bytes is null where a reader does not tell the size of a record.
SELECT
    provider,
    sum(records)::BIGINT AS records,
    count(DISTINCT event_id) AS events,
    CASE WHEN sum(sized) = sum(records) THEN sum(bytes)::BIGINT END AS bytes,
    min(first) AS first,
    max(last) AS last
FROM record
GROUP BY provider
ORDER BY records DESC, provider
