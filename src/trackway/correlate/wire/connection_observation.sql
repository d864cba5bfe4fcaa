-- connection_observation: the records of a log of the network that are this host's.
-- grain:  one observation
-- reads:  observed (of clients), client (address, leases)
-- rule:   the host began what it is the source of; of what it is the destination of it was the other side. A leased
--         address is the host's while the lease runs.

WITH held AS (
    SELECT
        o.*,
        c.address IS NOT NULL AND is_held(c.leases, timezone('UTC', o.recorded), timezone('UTC', o.recorded)) AS is_client,
        s.address IS NOT NULL AND is_held(s.leases, timezone('UTC', o.recorded), timezone('UTC', o.recorded)) AS is_server
    FROM observed AS o
    LEFT JOIN client AS c ON o.source_address = c.address
    LEFT JOIN client AS s ON o.destination_address = s.address
    WHERE starts_with(o.host, getvariable('wire'))
),

final AS (
    SELECT
        * EXCLUDE (is_client, is_server) REPLACE (
            getvariable('host') AS host,
            CASE WHEN is_client THEN 'outbound' ELSE 'inbound' END AS direction
        )
    FROM held
    WHERE is_client OR is_server
)

SELECT * FROM final
