-- said_name: the names that another tool says were asked for; the first is its best.
-- grain:  answer, name
-- reads:  connection_answer
-- rule:   a name without a confidence is stated.

WITH named AS (
    SELECT answer, unnest(names) AS n, generate_subscripts(names, 1) AS rank
    FROM connection_answer
),

final AS (
    SELECT answer, n.name, rank, coalesce(n.confidence, 1) AS confidence, n.basis
    FROM named
)

SELECT * FROM final
ORDER BY answer, rank, name
