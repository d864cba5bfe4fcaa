-- said_name: the names that a case says were asked for, by rank.
-- grain:  answer, name
-- reads:  story

WITH named AS (
    SELECT story AS answer, unnest(names) AS n
    FROM story
),

final AS (
    SELECT answer, n.name, n.rank, n.confidence, n.basis
    FROM named
)

SELECT * FROM final
ORDER BY answer, rank, name
