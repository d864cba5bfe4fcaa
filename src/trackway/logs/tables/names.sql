-- names: which names were asked for most.
-- grain:  name, lower case, without its last dot
-- reads:  record
SELECT
    name,
    sum(records)::BIGINT AS records,
    min(first) AS first,
    max(last) AS last
FROM record
WHERE name IS NOT NULL
GROUP BY name
ORDER BY records DESC, name
