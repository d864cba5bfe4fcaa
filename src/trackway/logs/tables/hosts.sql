-- hosts: who wrote the records; a host that was renamed is there under each of its names.
-- grain:  computer, null where the evidence does not say
-- reads:  record
SELECT
    computer,
    count(*) AS records,
    count(DISTINCT channel) AS channels,
    min(time) AS first,
    max(time) AS last
FROM record
GROUP BY computer
ORDER BY records DESC, computer
