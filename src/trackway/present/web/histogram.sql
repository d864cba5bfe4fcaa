-- histogram: what was found over time, the most frequent values apart and all others together.
-- grain:  label, bin
-- reads:  valued
-- note:   bins begin at getvariable('start') and are getvariable('width') microseconds wide; null is all others.

WITH frequent AS (
    SELECT value
    FROM valued
    GROUP BY value
    ORDER BY count(*) DESC, value
    LIMIT getvariable('most')
),

final AS (
    SELECT
        CASE WHEN l.is_frequent THEN coalesce(v.value, 'unknown') END AS label,
        CAST(floor((v.time_from - getvariable('start')) / getvariable('width')) AS INTEGER) AS bin,
        count(*) AS stories
    FROM valued AS v
    LEFT JOIN (SELECT *, true AS is_frequent FROM frequent) AS l ON v.value IS NOT DISTINCT FROM l.value
    WHERE v.time_from IS NOT NULL
    GROUP BY ALL
)

SELECT * FROM final
ORDER BY label NULLS LAST, bin
