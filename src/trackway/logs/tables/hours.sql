-- hours: records in each hour in which there are any; a gap is an hour that is not there.
-- grain:  hour, null for records without a time
-- reads:  record
SELECT
    hour,
    sum(records)::BIGINT AS records,
    count(DISTINCT channel) AS channels,
    count(DISTINCT computer) AS hosts
FROM record
GROUP BY ALL
ORDER BY hour
