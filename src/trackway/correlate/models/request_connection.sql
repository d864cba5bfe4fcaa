-- request_connection: the connection that a request of the wire or of a proxy's log went by.
-- grain:  one observation of a request
-- reads:  connection_clocked, connection_dated, connection_observation, family_skew
-- needs:  connection_clocked
-- rule:   a request that knows both ends belongs to the last connection of its five-tuple that began before it, a few
--         seconds given, and not more than five minutes: a port comes back. Only where Zeek saw the connection begin it
--         also saw no other, and its request may come later. One that lacks the client's port, or the proxy, belongs
--         to the connection to the proxy (or to a port that proxies listen on) that began within seconds of it, if
--         there is only one. A tunnel takes a connection for itself: where requests for two names could have it, none
--         gets it.

WITH opened AS (
    SELECT
        protocol,
        local_address,
        local_port,
        remote_address,
        remote_port,
        time_from,
        min(time_to) AS time_to,
        bool_or(source = 'zeek_conn') AS is_zeek
    FROM connection_clocked
    WHERE stage <> 'request' AND direction IN ('outbound', 'local') AND protocol = 6
    GROUP BY ALL
),

asked AS (
    SELECT
        o.observation,
        o.source,
        n.asked_name,
        o.source_address AS local_address,
        o.source_port AS local_port,
        o.destination_address AS remote_address,
        o.destination_port AS remote_port,
        moved(coalesce(o.stated, o.at_from), f.offset_seconds) AS time_from,
        moved(coalesce(o.stated, o.at_to), f.offset_seconds) AS time_to
    FROM connection_dated AS o
    INNER JOIN (SELECT row_number() OVER () AS observation, asked_name FROM connection_observation) AS n
        ON o.observation = n.observation
    ASOF LEFT JOIN family_skew AS f ON family(o.source) = f.family AND coalesce(o.stated, o.at_from) >= f.own_from
    WHERE o.stage = 'request' AND o.direction = 'outbound'
),

whole AS (
    SELECT a.observation, o.local_port, o.remote_address, o.remote_port, o.time_from, o.time_to
    FROM asked AS a
    ASOF INNER JOIN opened AS o
        ON
            a.local_address = o.local_address
            AND a.local_port = o.local_port
            AND a.remote_address = o.remote_address
            AND a.remote_port = o.remote_port
            AND a.time_to + INTERVAL 5 SECONDS >= o.time_from
    WHERE a.time_from <= o.time_to + INTERVAL 5 MINUTES OR (o.is_zeek AND a.source <> 'proxy')
),

near AS (
    SELECT
        a.observation,
        a.asked_name,
        o.local_port,
        o.remote_address,
        o.remote_port,
        o.time_from,
        o.time_to
    FROM (
        SELECT *, unnest(generate_series(epoch_ms(time_from) // 10000 - 1, epoch_ms(time_to) // 10000 + 1)) AS bucket
        FROM asked
        WHERE (local_port IS NULL OR remote_address IS NULL OR remote_port IS NULL) AND time_to <= time_from + INTERVAL 1 MINUTE
    ) AS a
    INNER JOIN (SELECT *, epoch_ms(time_from) // 10000 AS bucket FROM opened) AS o
        ON a.local_address = o.local_address AND a.bucket = o.bucket
    WHERE
        coalesce(a.local_port = o.local_port, true)
        AND coalesce(a.remote_address = o.remote_address, true)
        AND coalesce(
            a.remote_port = o.remote_port,
            a.remote_address IS NOT NULL OR o.remote_port IN (3128, 8000, 8008, 8080, 8081, 8118, 8888)
        )
        AND o.time_from <= a.time_to + INTERVAL 2 SECONDS
        AND o.time_to >= a.time_from - INTERVAL 5 SECONDS
),

single AS (
    SELECT
        observation,
        min(local_port) AS local_port,
        min(remote_address) AS remote_address,
        min(remote_port) AS remote_port,
        min(time_from) AS time_from,
        min(time_to) AS time_to,
        min(asked_name) AS asked_name
    FROM near
    GROUP BY observation
    HAVING count(DISTINCT concat_ws('|', local_port, remote_address, remote_port)) = 1
),

final AS (
    SELECT * FROM whole
    UNION ALL
    SELECT o.* EXCLUDE (asked_name)
    FROM (
        SELECT *
        FROM single
        WINDOW socket AS (PARTITION BY local_port, remote_address, remote_port, time_from)
        QUALIFY min(asked_name) OVER socket IS NOT DISTINCT FROM max(asked_name) OVER socket
    ) AS o
    ANTI JOIN whole AS w ON o.observation = w.observation
)

SELECT * FROM final
ORDER BY observation
