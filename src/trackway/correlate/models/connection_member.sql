-- connection_member: which connection each observation belongs to.
-- grain:  one observation with a destination
-- reads:  connection_placed, connection_dated
-- needs:  connection_placed
-- rule:   observations of one five-tuple, PID and direction, all blocked or none, are one connection as long
--         as none lies more than `same_connection_seconds` after the one before: the records of one
--         socket, the renewed permit of a flow, the retried packet. A record without PID (a dropped
--         packet, a line of an older firewall log) joins the one process that is named for its five-tuple
--         around its moment; where two are, it stays alone. A port that its process bound anew, more than two
--         seconds after the record before, is another socket: what follows is another connection.
-- note:   the rules run on narrow rows; the rest of each observation is put beside them at the end, in the order
--         that both have.

WITH keyed AS (
    SELECT
        observation,
        direction,
        pid,
        time_from,
        time_to,
        stage IN ('blocked', 'dropped') AS is_blocked,
        concat_ws(
            '|', protocol, local_address, coalesce(local_port, -1), remote_address, coalesce(remote_port, -1),
            coalesce(icmp_type, -1), coalesce(icmp_code, -1), is_blocked
        ) AS tuple
    FROM connection_placed
),

unclaimed AS (
    SELECT tuple
    FROM keyed
    WHERE pid IS NULL
),

-- stretches in which one PID is named for a five-tuple, where a record asks
told AS (
    SELECT
        tuple,
        pid,
        time_from,
        time_to,
        sum(CASE WHEN opens THEN 1 ELSE 0 END) OVER (
            PARTITION BY tuple, pid ORDER BY time_from, observation ROWS UNBOUNDED PRECEDING
        ) AS stretch
    FROM (
        SELECT
            *,
            coalesce(
                seconds_between(lag(time_to) OVER by_time, time_from) > getvariable('same_connection_seconds'), true
            ) AS opens
        FROM keyed
        SEMI JOIN unclaimed USING (tuple)
        WHERE pid IS NOT NULL
        WINDOW by_time AS (PARTITION BY tuple, pid ORDER BY time_from, observation)
    )
),

known AS (
    SELECT tuple, pid, min(time_from) AS time_from, max(time_to) AS time_to
    FROM told
    GROUP BY tuple, pid, stretch
),

-- a record without PID belongs to the only process that is named for its five-tuple around its moment
fitting AS (
    SELECT k.observation, min(n.pid) AS pid
    FROM keyed AS k
    INNER JOIN known AS n ON k.tuple = n.tuple
    WHERE
        k.pid IS NULL
        AND seconds_between(n.time_to, k.time_from) <= getvariable('same_connection_seconds')
        AND seconds_between(k.time_to, n.time_from) <= getvariable('same_connection_seconds')
    GROUP BY k.observation
    HAVING count(DISTINCT n.pid) = 1
),

adopted AS (
    SELECT k.* EXCLUDE (pid), coalesce(k.pid, f.pid) AS owner_pid
    FROM keyed AS k
    LEFT JOIN fitting AS f ON k.observation = f.observation
),

undirected AS (
    SELECT tuple
    FROM adopted
    WHERE direction = 'unknown'
),

-- a record that does not know its direction takes that of the others, if they know only one
only_direction AS (
    SELECT tuple, coalesce(owner_pid, -1) AS socket_pid, min(direction) AS direction
    FROM adopted
    SEMI JOIN undirected USING (tuple)
    WHERE direction <> 'unknown'
    GROUP BY ALL
    HAVING count(DISTINCT direction) = 1
),

directed AS (
    SELECT a.* REPLACE (coalesce(d.direction, a.direction) AS direction)
    FROM adopted AS a
    LEFT JOIN only_direction AS d
        ON a.direction = 'unknown' AND a.tuple = d.tuple AND coalesce(a.owner_pid, -1) = d.socket_pid
),

flagged AS (
    SELECT
        *,
        seconds_between(
            max(time_to) OVER (
                PARTITION BY tuple, owner_pid, direction
                ORDER BY time_from, observation
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            time_from
        ) AS pause,
        coalesce(pause > getvariable('same_connection_seconds'), true) AS opens
    FROM directed
),

-- records of one moment overtake each other
rebound AS (
    SELECT f.observation
    FROM (
        SELECT *, concat_ws('|', owner_pid, split_part(tuple, '|', 1), split_part(tuple, '|', 3)) AS socket
        FROM flagged
        WHERE NOT opens AND pause > 2 AND direction <> 'inbound'
    ) AS f
    ASOF INNER JOIN (
        SELECT concat_ws('|', pid, protocol, source_port) AS socket, at_from
        FROM connection_dated
        WHERE stage = 'bound' AND pid IS NOT NULL
    ) AS b ON f.socket = b.socket AND f.time_from + INTERVAL 50 MILLISECONDS >= b.at_from
    WHERE seconds_between(b.at_from, f.time_from) < f.pause - 2
),

numbered AS (
    SELECT
        f.observation,
        f.owner_pid,
        f.direction,
        f.is_blocked,
        f.tuple,
        sum(CASE WHEN f.opens OR r.observation IS NOT NULL THEN 1 ELSE 0 END) OVER (
            PARTITION BY f.tuple, f.owner_pid, f.direction
            ORDER BY f.time_from, f.observation
            ROWS UNBOUNDED PRECEDING
        ) AS number
    FROM flagged AS f
    LEFT JOIN rebound AS r ON f.observation = r.observation
    ORDER BY f.observation
),

final AS (
    SELECT
        p.* REPLACE (n.direction AS direction),
        n.owner_pid,
        n.is_blocked,
        n.tuple,
        n.number
    FROM connection_placed AS p
    POSITIONAL JOIN numbered AS n
)

SELECT * FROM final
ORDER BY observation
