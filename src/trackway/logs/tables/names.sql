-- names: which names were asked for most.
-- grain:  name, lower case, without its last dot
-- reads:  record
SELECT
    name,
    count(*) AS records,
    min(time) AS first,
    max(time) AS last
FROM record
WHERE name IS NOT NULL
GROUP BY name
ORDER BY records DESC, name
