-- connection_observation: the records of a log of the network that are this host's.
-- grain:  one observation
-- reads:  observed (of clients), clients
-- rule:   the host began what it is the source of; of what it is the destination of it was the other side.

WITH final AS (
    SELECT
        * REPLACE (
            getvariable('host') AS host,
            CASE WHEN list_contains(getvariable('clients'), source_address) THEN 'outbound' ELSE 'inbound' END AS direction
        )
    FROM observed
    WHERE
        starts_with(host, getvariable('wire'))
        AND (
            list_contains(getvariable('clients'), source_address)
            OR list_contains(getvariable('clients'), destination_address)
        )
)

SELECT * FROM final
