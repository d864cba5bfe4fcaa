-- sided: connection observations that have two ends, and what tells which end is this host's.
-- grain:  one observation with a destination
-- reads:  connection_dated, own_address
-- needs:  connection_dated
-- rule:   `local_side` is source, destination, or null where neither rule decides. Outbound: the source.
--         Inbound: a multicast group is the receiving side; else the end whose address is this host's;
--         where both are, the end that is not the connecting one of a matching outbound record, else
--         the port that the same process listens on or bound.

WITH own AS (
    SELECT
        address,
        CASE WHEN bool_and(leases IS NOT NULL) THEN flatten(list(leases ORDER BY host)) END AS leases
    FROM own_address
    GROUP BY address
),

connection AS (
    SELECT
        o.*,
        is_loopback(o.source_address)
        OR (s.address IS NOT NULL AND is_held(s.leases, o.at_from, o.at_to)) AS source_is_own,
        is_loopback(o.destination_address)
        OR (d.address IS NOT NULL AND is_held(d.leases, o.at_from, o.at_to)) AS destination_is_own
    FROM connection_dated AS o
    LEFT JOIN own AS s ON o.source_address = s.address
    LEFT JOIN own AS d ON o.destination_address = d.address
    WHERE o.destination_address IS NOT NULL
),

connector AS (
    SELECT DISTINCT
        protocol,
        source_address,
        source_port,
        destination_address,
        destination_port
    FROM connection
    WHERE direction = 'outbound' AND source_is_own AND destination_is_own
),

opened_port AS (
    SELECT DISTINCT
        pid,
        protocol,
        source_port AS port
    FROM connection_observation
    WHERE stage IN ('bound', 'listening')
),

final AS (
    SELECT
        c.*,
        CASE
            WHEN
                c.direction = 'outbound'
                -- Sysmon calls the side that it saw first the source; for UDP that may be the other one
                AND NOT (c.source = 'sysmon_3' AND c.protocol <> 6 AND c.destination_is_own AND NOT c.source_is_own)
                THEN 'source'
            -- the firewall's own log keeps the order of the packet
            WHEN c.source = 'firewall_log' AND c.direction = 'inbound' THEN 'destination'
            -- Defender names the local side itself
            WHEN c.source LIKE 'defender%' THEN 'source'
            WHEN is_group(c.source_address) THEN 'source'
            WHEN is_group(c.destination_address) AND c.direction = 'inbound' THEN 'destination'
            WHEN c.source_is_own AND NOT c.destination_is_own THEN 'source'
            WHEN c.destination_is_own AND NOT c.source_is_own THEN 'destination'
            WHEN c.source_is_own AND forward.protocol IS NOT NULL THEN 'destination'
            WHEN c.source_is_own AND backward.protocol IS NOT NULL THEN 'source'
            WHEN c.source_is_own AND far.pid IS NOT NULL AND near.pid IS NULL THEN 'destination'
            WHEN c.source_is_own AND near.pid IS NOT NULL AND far.pid IS NULL THEN 'source'
        END AS local_side
    FROM connection AS c
    LEFT JOIN connector AS forward
        ON
            c.protocol = forward.protocol
            AND c.source_address = forward.source_address
            AND c.source_port = forward.source_port
            AND c.destination_address = forward.destination_address
            AND c.destination_port = forward.destination_port
    LEFT JOIN connector AS backward
        ON
            c.protocol = backward.protocol
            AND c.source_address = backward.destination_address
            AND c.source_port = backward.destination_port
            AND c.destination_address = backward.source_address
            AND c.destination_port = backward.source_port
    LEFT JOIN opened_port AS near
        ON c.pid = near.pid AND c.protocol = near.protocol AND c.source_port = near.port
    LEFT JOIN opened_port AS far
        ON c.pid = far.pid AND c.protocol = far.protocol AND c.destination_port = far.port
)

SELECT * FROM final
ORDER BY observation
