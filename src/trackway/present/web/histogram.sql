-- histogram: what was found over time, the most frequent values apart and all others together.
-- grain:  label, bin
-- reads:  valued, asked
-- note:   bins begin at getvariable('start') and are getvariable('width') microseconds wide; null is all others.

WITH timed AS (
    SELECT value, time_from, true AS is_grouped, 1 AS story, 0 AS lookup
    FROM valued
    UNION ALL
    SELECT value, time_from, is_grouped, 0 AS story, 1 AS lookup
    FROM asked
),

frequent AS (
    SELECT value, true AS is_frequent
    FROM timed
    WHERE is_grouped AND time_from IS NOT NULL
    GROUP BY value
    ORDER BY count(*) DESC, value
    LIMIT getvariable('most')
),

final AS (
    SELECT
        CASE WHEN b.is_grouped AND f.is_frequent THEN coalesce(b.value, 'unknown') END AS label,
        CAST(floor((b.time_from - getvariable('start')) / getvariable('width')) AS INTEGER) AS bin,
        CAST(sum(b.story) AS BIGINT) AS stories,
        CAST(sum(b.lookup) AS BIGINT) AS lookups
    FROM timed AS b
    LEFT JOIN frequent AS f ON b.value IS NOT DISTINCT FROM f.value
    WHERE b.time_from IS NOT NULL
    GROUP BY ALL
)

SELECT * FROM final
ORDER BY label NULLS LAST, bin
