-- answer: which name had which address, by whose look-up, from which moment on.
-- grain:  pair, asker, time_from
-- reads:  answered, name_pair, asker
-- needs:  name_pair
-- note:   asker 0 stands for nobody known.

WITH numbered AS (
    SELECT n.pair, coalesce(k.asker, 0) AS asker, a.time_from, a.time_to, a.lookup
    FROM answered AS a
    INNER JOIN name_pair AS n ON a.address = n.address AND a.name = n.name
    LEFT JOIN asker AS k ON a.process = k.process
),

final AS (
    SELECT
        pair,
        asker,
        time_from,
        max(time_to) AS time_to,
        min(lookup) AS lookup
    FROM numbered
    GROUP BY pair, asker, time_from
)

SELECT * FROM final
ORDER BY pair, time_from, asker
