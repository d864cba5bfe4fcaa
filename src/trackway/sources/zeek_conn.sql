-- zeek_conn: one connection observation for each connection that a sensor of Zeek saw.
-- grain:  one raw row
-- reads:  event
-- rule:   the side that sent the first packet stands as source. Which side is this host's is told where its
--         addresses are known, and the direction with it. TCP is established where Zeek saw both sides speak, and
--         failed where only one asked and nothing or a refusal came back; what it saw in part says neither.

WITH read AS (
    SELECT
        *,
        CASE lower(Proto)
            WHEN 'tcp' THEN 6
            WHEN 'udp' THEN 17
            WHEN 'icmp' THEN CASE WHEN contains(client, ':') THEN 58 ELSE 1 END
        END AS protocol_number
    FROM event
),

final AS (
    SELECT
        observed.*,
        'zeek_conn' AS source,
        CASE
            WHEN protocol_number = 6 AND State IN ('S1', 'S2', 'S3', 'SF', 'RSTO', 'RSTR') THEN 'established'
            WHEN protocol_number = 6 AND State IN ('S0', 'REJ', 'RSTOS0') THEN 'failed'
            ELSE 'wire'
        END AS stage,
        protocol_number AS protocol,
        client AS source_address,
        CASE WHEN protocol_number IN (6, 17) THEN number_of(OrigPort) END AS source_port,
        server AS destination_address,
        CASE WHEN protocol_number IN (6, 17) THEN number_of(RespPort) END AS destination_port,
        CASE WHEN protocol_number IN (1, 58) THEN number_of(OrigPort) END AS icmp_type,
        CASE WHEN protocol_number IN (1, 58) THEN number_of(RespPort) END AS icmp_code,
        number_of(OrigBytes) AS bytes_from_source,
        number_of(RespBytes) AS bytes_from_destination,
        coalesce(
            not_a_port(OrigPort),
            not_a_port(RespPort),
            not_an_address(OrigHost, client),
            not_an_address(RespHost, server),
            CASE WHEN client IS NULL OR server IS NULL THEN 'there are no two addresses' END,
            CASE WHEN protocol_number IS NULL THEN 'protocol ' || coalesce(Proto, 'null') || ' is none that Zeek names' END
        ) AS skip
    FROM read
)

SELECT * FROM final
