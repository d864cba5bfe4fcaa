-- dns_observation: the look-ups of a log of the network that are this host's.
-- grain:  one observation
-- reads:  observed (of clients), client (address, leases)

WITH final AS (
    SELECT o.* REPLACE (getvariable('host') AS host)
    FROM observed AS o
    INNER JOIN client AS c ON o.local_addresses[1] = c.address
    WHERE
        starts_with(o.host, getvariable('wire'))
        AND is_held(c.leases, timezone('UTC', o.recorded), timezone('UTC', o.recorded))
)

SELECT * FROM final
