-- events: how often each event was written.
-- grain:  provider, event_id
-- reads:  record
-- note:   bytes is null where a reader does not tell the size of a record.
SELECT
    provider,
    event_id,
    sum(records)::BIGINT AS records,
    CASE WHEN sum(sized) = sum(records) THEN sum(bytes)::BIGINT END AS bytes,
    min(first) AS first,
    max(last) AS last
FROM record
GROUP BY provider, event_id
ORDER BY records DESC, provider, event_id
