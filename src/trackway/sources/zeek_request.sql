-- zeek_request: one connection observation for each request or TLS greeting that a sensor of Zeek saw.
-- grain:  one raw row
-- reads:  event
-- rule:   a request may come long after its connection began: it counts to the one of its five-tuple then open.

WITH final AS (
    SELECT
        observed.*,
        'zeek_' || Log AS source,
        'request' AS stage,
        6 AS protocol,
        client AS source_address,
        number_of(OrigPort) AS source_port,
        server AS destination_address,
        number_of(RespPort) AS destination_port,
        asked_host AS asked_name,
        coalesce(
            not_a_port(OrigPort),
            not_a_port(RespPort),
            not_an_address(OrigHost, client),
            not_an_address(RespHost, server),
            CASE WHEN client IS NULL OR server IS NULL THEN 'there are no two addresses' END
        ) AS skip
    FROM event
)

SELECT * FROM final
