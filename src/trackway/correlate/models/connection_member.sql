-- connection_member: which connection each observation belongs to.
-- grain:  one observation with a destination
-- reads:  connection_placed
-- rule:   observations of one five-tuple, PID and direction, all allowed or all blocked, are one connection as long
--         as none lies more than `same_connection_seconds` after the one before: the records of one
--         socket, the renewed permit of a flow, the retried packet. A dropped packet has no PID and
--         joins the blocked connection of its five-tuple.

WITH keyed AS (
    SELECT
        *,
        CASE
            WHEN stage IN ('blocked', 'dropped') THEN 'blocked'
            ELSE 'allowed'
        END AS action,
        concat_ws(
            '|', protocol, local_address, coalesce(local_port, -1), remote_address, coalesce(remote_port, -1),
            coalesce(icmp_type, -1), coalesce(icmp_code, -1), action
        ) AS tuple
    FROM connection_placed
),

known AS (
    SELECT tuple, time_from, min(pid) AS pid
    FROM keyed
    WHERE pid IS NOT NULL AND action = 'blocked'
    GROUP BY tuple, time_from
),

-- a packet may be written before or after the refusal that it belongs to
adopted AS (
    SELECT
        k.*,
        coalesce(
            k.pid,
            CASE WHEN seconds_between(b.time_from, k.time_from) <= getvariable('same_connection_seconds') THEN b.pid END,
            CASE WHEN seconds_between(k.time_to, a.time_from) <= getvariable('same_connection_seconds') THEN a.pid END
        ) AS owner_pid
    FROM keyed AS k
    ASOF LEFT JOIN known AS b
        ON k.tuple = b.tuple AND k.time_to >= b.time_from
    ASOF LEFT JOIN known AS a
        ON k.tuple = a.tuple AND k.time_to <= a.time_from
),

-- a record that does not know its direction takes that of the others, if they know only one
directed AS (
    SELECT
        * REPLACE (
            CASE
                WHEN direction = 'unknown' AND min(known) OVER socket = max(known) OVER socket THEN min(known) OVER socket
                ELSE direction
            END AS direction
        )
    FROM (SELECT *, nullif(direction, 'unknown') AS known FROM adopted)
    WINDOW socket AS (PARTITION BY tuple, owner_pid)
),

flagged AS (
    SELECT
        *,
        coalesce(
            seconds_between(
                max(time_to) OVER (
                    PARTITION BY tuple, owner_pid, direction
                    ORDER BY time_from, observation
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ),
                time_from
            ) > getvariable('same_connection_seconds'),
            true
        ) AS opens
    FROM directed
),

final AS (
    SELECT
        * EXCLUDE (opens, known, tuple),
        sum(CASE WHEN opens THEN 1 ELSE 0 END) OVER (
            PARTITION BY tuple, owner_pid, direction
            ORDER BY time_from, observation
            ROWS UNBOUNDED PRECEDING
        ) AS number,
        tuple
    FROM flagged
)

SELECT * FROM final
ORDER BY observation
