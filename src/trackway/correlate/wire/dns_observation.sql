-- dns_observation: the look-ups of a log of the network that are this host's.
-- grain:  one observation
-- reads:  observed (of clients), clients

WITH final AS (
    SELECT * REPLACE (getvariable('host') AS host)
    FROM observed
    WHERE starts_with(host, getvariable('wire')) AND list_contains(getvariable('clients'), local_addresses[1])
)

SELECT * FROM final
