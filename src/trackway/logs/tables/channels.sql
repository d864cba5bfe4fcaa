-- channels: how full each log is, and how many records an hour it got between its first and its last.
-- grain:  channel
-- reads:  record
-- note:   bytes is null where a reader does not tell the size of a record.
SELECT
    channel,
    sum(records)::BIGINT AS records,
    count(DISTINCT provider) AS providers,
    CASE WHEN sum(sized) = sum(records) THEN sum(bytes)::BIGINT END AS bytes,
    min(first) AS first,
    max(last) AS last,
    round(sum(records) / greatest(epoch(max(last)) - epoch(min(first)), 3600) * 3600, 1) AS records_an_hour
FROM record
GROUP BY channel
ORDER BY records DESC, channel
