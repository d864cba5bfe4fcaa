-- matched: which true thing each answer is about, by the records it cites.
-- grain:  answer, about
-- reads:  cited, told, true_thing
-- rule:   an answer is about what most of its records are about, a process about a process and so on: that a
--         process cites the record of its connection is no matter. Of equal counts the first. `purity` is the
--         share of its records that are about it.

WITH counted AS (
    SELECT
        c.answer,
        t.about,
        count(*) AS records
    FROM cited AS c
    INNER JOIN told AS t ON c.host = t.host AND c.place = t.place
    INNER JOIN true_thing AS g ON t.about = g.about AND c.kind = g.kind
    GROUP BY ALL
),

final AS (
    SELECT
        answer,
        about,
        records,
        records / sum(records) OVER (PARTITION BY answer) AS purity
    FROM counted
    QUALIFY
        row_number() OVER (PARTITION BY answer ORDER BY records DESC, about) = 1
)

SELECT * FROM final
ORDER BY answer
