-- groups: the values of what was found, the most frequent first.
-- grain:  value
-- reads:  valued

SELECT
    value,
    count(*) AS stories,
    min(time_from) AS first,
    max(time_from) AS last,
    count(*) OVER () AS groups
FROM valued
WHERE getvariable('beginning') IS NULL OR starts_with(lower(value), getvariable('beginning'))
GROUP BY value
ORDER BY stories DESC, value
LIMIT getvariable('most')
