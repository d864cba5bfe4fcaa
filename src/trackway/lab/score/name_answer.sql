-- name_answer: every statement "this name was asked for", judged; all ranks.
-- grain:  answer, name
-- reads:  said_name, matched, true_connection, true_lookup
-- rule:   the name is that of the look-up that gave the address. Where there was none (an address in the
--         code, a browser's own resolver) every name is wrong.

WITH final AS (
    SELECT
        s.answer,
        m.about,
        s.name,
        s.rank,
        s.confidence,
        s.basis,
        l.name AS true_name,
        coalesce(lower(s.name) = lower(l.name), false) AS is_right
    FROM said_name AS s
    INNER JOIN matched AS m ON s.answer = m.answer
    INNER JOIN true_connection AS c ON m.about = c.connection
    LEFT JOIN true_lookup AS l ON c.lookup = l.lookup
    WHERE c.direction = 'outbound'
)

SELECT * FROM final
ORDER BY answer, rank, name
