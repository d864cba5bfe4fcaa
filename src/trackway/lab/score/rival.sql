-- rival: how many other names were told the same address in the day before a connection.
-- grain:  connection
-- reads:  true_connection, true_lookup, shown

WITH answered AS (
    SELECT l.host, l.name, l.process, l.finished, unnest(l.addresses) AS address
    FROM true_lookup AS l
    INNER JOIN shown AS s ON l.lookup = s.about AND s.has_answer
),

final AS (
    SELECT
        c.connection,
        count(DISTINCT lower(a.name)) FILTER (WHERE lower(a.name) <> lower(l.name)) AS rivals,
        count(DISTINCT lower(a.name)) FILTER (
            WHERE lower(a.name) <> lower(l.name) AND a.process = c.process AND a.finished > c.time - INTERVAL 2 MINUTES
        ) AS near_rivals
    FROM true_connection AS c
    INNER JOIN true_lookup AS l ON c.lookup = l.lookup
    INNER JOIN answered AS a
        ON
            c.host = a.host AND c.remote_address = a.address
            AND a.finished BETWEEN c.time - INTERVAL 1 DAY AND c.time
    GROUP BY c.connection
)

SELECT * FROM final
ORDER BY connection
