-- channels: how full each log is, and how many records an hour it got between its first and its last.
-- grain:  channel
-- reads:  record
-- note:   bytes is null where a reader does not tell the size of a record.
SELECT
    channel,
    count(*) AS records,
    count(DISTINCT provider) AS providers,
    CASE WHEN count(bytes) = count(*) THEN sum(bytes)::BIGINT END AS bytes,
    min(time) AS first,
    max(time) AS last,
    round(count(*) / greatest(epoch(max(time)) - epoch(min(time)), 3600) * 3600, 1) AS records_an_hour
FROM record
GROUP BY channel
ORDER BY records DESC, channel
