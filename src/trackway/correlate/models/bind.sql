-- bind: the records of a local port taken by a process that lead up to a connection.
-- grain:  connection, observation
-- reads:  connection_dated, connection
-- needs:  connection
-- rule:   a socket is bound before it connects, by the same process, to the same protocol and port, and
--         to the same address or to none; the nearest such binds (those within two seconds of the last
--         one) belong to the connection. TCP connects within a minute of its bind, UDP within an hour.
--         Accepting sockets were bound long before by their listener: they have no bind of their own.

WITH bound AS (
    SELECT
        observation,
        source,
        file,
        line,
        record,
        pid,
        protocol,
        source_address AS address,
        source_port AS port,
        at_from,
        at_to
    FROM connection_dated
    WHERE stage IN ('bound', 'bind_blocked') AND pid IS NOT NULL
),

flagged AS (
    SELECT
        *,
        coalesce(seconds_between(lag(at_to) OVER by_socket, at_from) > 2, true) AS opens
    FROM bound
    WINDOW by_socket AS (PARTITION BY pid, protocol, port ORDER BY at_from, observation)
),

grouped AS (
    SELECT
        *,
        max(CASE WHEN opens THEN at_from END) OVER (
            PARTITION BY pid, protocol, port ORDER BY at_from, observation ROWS UNBOUNDED PRECEDING
        ) AS group_from
    FROM flagged
),

socket AS (
    SELECT DISTINCT pid, protocol, port, group_from
    FROM grouped
),

used AS (
    SELECT
        c.connection,
        c.local_address,
        s.pid,
        s.protocol,
        s.port,
        s.group_from
    FROM connection AS c
    -- records of one moment overtake each other
    ASOF INNER JOIN socket AS s
        ON
            c.pid = s.pid
            AND c.protocol = s.protocol
            AND c.local_port = s.port
            AND c.time_to + INTERVAL 1 SECOND >= s.group_from
    WHERE
        NOT c.is_accepting
        AND seconds_between(s.group_from, c.time_from) <= CASE WHEN c.protocol = 6 THEN 60 ELSE 3600 END
),

final AS (
    SELECT
        u.connection,
        g.observation,
        g.source,
        g.file,
        g.line,
        g.record
    FROM used AS u
    INNER JOIN grouped AS g
        ON u.pid = g.pid AND u.protocol = g.protocol AND u.port = g.port AND u.group_from = g.group_from
    WHERE g.address IN ('0.0.0.0', '::', u.local_address)
)

SELECT * FROM final
ORDER BY connection, observation
