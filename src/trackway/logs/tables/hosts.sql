-- hosts: who wrote the records; a host that was renamed is there under each of its names.
-- grain:  computer, null where the evidence does not say
-- reads:  record
SELECT
    computer,
    sum(records)::BIGINT AS records,
    count(DISTINCT channel) AS channels,
    min(first) AS first,
    max(last) AS last
FROM record
GROUP BY computer
ORDER BY records DESC, computer
