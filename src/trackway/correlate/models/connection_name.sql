-- connection_name: every name of a connection: those that somebody looked up, and those that it asked for itself.
-- grain:  connection, name
-- reads:  name_candidate, resolution, connection, wire_said
-- needs:  connection; resolution or wire_said
-- rule:   what a proxy was asked for comes first, since a look-up explains the way to the proxy only. A name that the
--         connection wrote on the wire comes behind one that its process looked up, before any other; where it is one
--         that was looked up, both say the same. A client writes there what it likes: confidences are provisional.

WITH told AS (
    SELECT
        connection,
        name,
        bool_or(source = 'proxy') AS is_proxied,
        count(*) AS records,
        min(source) AS source
    FROM wire_said
    WHERE name IS NOT NULL
    GROUP BY connection, name
),

looked_up AS (
    SELECT
        n.*,
        lower(r.name) AS word
    FROM name_candidate AS n
    INNER JOIN resolution AS r ON n.lookup = r.lookup
),

-- how many names come first because the process itself looked them up
own AS (
    SELECT connection, coalesce(min(rank) FILTER (WHERE caller <> 'same') - 1, count(*)) AS names
    FROM name_candidate
    GROUP BY connection
),

together AS (
    SELECT
        coalesce(n.connection, t.connection) AS connection,
        n.lookup,
        t.name AS asked_name,
        CASE
            WHEN t.is_proxied THEN 0
            WHEN t.name IS NOT NULL THEN least(n.rank, coalesce(o.names, 0) + 0.5)
            ELSE n.rank
        END AS place,
        CASE
            WHEN n.lookup IS NULL AND t.is_proxied THEN 'address+time'
            WHEN n.lookup IS NULL THEN 'address'
            ELSE n.basis
        END AS basis,
        CASE
            WHEN t.name IS NULL THEN n.confidence
            WHEN n.lookup IS NULL THEN 0.9
            ELSE greatest(n.confidence, 0.95)
        END AS confidence,
        concat_ws(
            '; ',
            n.reason,
            CASE
                WHEN t.is_proxied THEN 'the proxy was asked for it by this connection'
                WHEN t.name IS NOT NULL THEN 'the connection itself asked for it (' || t.source || ')'
            END
        ) AS reason
    FROM looked_up AS n
    FULL JOIN told AS t ON n.connection = t.connection AND n.word = t.name
    LEFT JOIN own AS o ON coalesce(n.connection, t.connection) = o.connection
),

final AS (
    SELECT
        t.* EXCLUDE (place),
        row_number() OVER (PARTITION BY t.connection ORDER BY t.place, t.asked_name, t.lookup) AS rank
    FROM together AS t
    INNER JOIN connection AS c ON t.connection = c.connection
)

SELECT * FROM final
ORDER BY connection, rank
