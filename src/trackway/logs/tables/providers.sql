-- providers: who writes how much.
-- grain:  provider
-- reads:  record
-- note:   bytes is null where a reader does not tell the size of a record.
SELECT
    provider,
    count(*) AS records,
    count(DISTINCT event_id) AS events,
    CASE WHEN count(bytes) = count(*) THEN sum(bytes)::BIGINT END AS bytes,
    min(time) AS first,
    max(time) AS last
FROM record
GROUP BY provider
ORDER BY records DESC, provider
