-- reliability: of the links stated with about this confidence, how many were right.
-- grain:  kind, bin
-- reads:  link_verdict
-- rule:   twenty bins of equal width; `all` is every kind together.

WITH every AS (
    SELECT * FROM link_verdict
    UNION ALL
    SELECT 'all', basis, confidence, is_right FROM link_verdict
),

final AS (
    SELECT
        kind,
        least(CAST(floor(confidence * 20) AS INTEGER), 19) AS bin,
        count(*) AS links,
        round(avg(confidence), 6) AS stated,
        round(avg(CASE WHEN is_right THEN 1 ELSE 0 END), 6) AS observed,
        round(sum(power(confidence - CASE WHEN is_right THEN 1 ELSE 0 END, 2)), 6) AS squares
    FROM every
    GROUP BY ALL
)

SELECT * FROM final
ORDER BY kind, bin
