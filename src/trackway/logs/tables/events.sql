-- events: how often each event was written.
-- grain:  provider, event_id
-- reads:  record
-- note:   bytes is null where a reader does not tell the size of a record.
SELECT
    provider,
    event_id,
    count(*) AS records,
    CASE WHEN count(bytes) = count(*) THEN sum(bytes)::BIGINT END AS bytes,
    min(time) AS first,
    max(time) AS last
FROM record
GROUP BY provider, event_id
ORDER BY records DESC, provider, event_id
