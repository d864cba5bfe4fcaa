-- summary_blind: the questions that stories leave open, by the source that could have answered, and why.
-- grain:  question, source, state
-- reads:  story

WITH open AS (
    SELECT story, host, unnest(not_seen) AS blind
    FROM story
),

final AS (
    SELECT
        blind.question AS question,
        blind.source AS source,
        blind.state AS state,
        count(DISTINCT story) AS stories,
        count(DISTINCT host) AS hosts,
        count(*) OVER () AS groups
    FROM open
    GROUP BY ALL
)

SELECT * FROM final
ORDER BY stories DESC, question, source, state
