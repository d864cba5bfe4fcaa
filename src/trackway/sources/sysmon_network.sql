-- sysmon_network: one connection observation for each Sysmon 3.
-- grain:  one raw row
-- reads:  event
-- rule:   Initiated gives the direction of TCP. For UDP false often means that the answer was seen
--         first, so it says nothing.

WITH read AS (
    SELECT
        *,
        CASE lower(Protocol)
            WHEN 'tcp' THEN 6
            WHEN 'udp' THEN 17
            ELSE number_of(Protocol)
        END AS protocol_number
    FROM event
),

final AS (
    SELECT
        observed.*,
        'sysmon_3' AS source,
        utc_of(UtcTime) AS stated,
        'connected' AS stage,
        CASE
            WHEN lower(Initiated) IN ('true', '1') THEN 'outbound'
            WHEN lower(Initiated) IN ('false', '0') AND protocol_number = 6 THEN 'inbound'
        END AS direction,
        protocol_number AS protocol,
        source_address,
        number_of(SourcePort) AS source_port,
        destination_address,
        number_of(DestinationPort) AS destination_port,
        CASE
            WHEN lower(Initiated) IN ('true', '1') THEN text_of(DestinationHostname)
        END AS remote_name_hint,
        number_of(ProcessId) AS pid,
        guid_of(ProcessGuid) AS process_guid,
        image_of(Image) AS image,
        text_of(User) AS user,
        coalesce(
            not_a_pid(ProcessId),
            not_a_time(UtcTime),
            not_a_port(SourcePort),
            not_a_port(DestinationPort),
            not_an_address(SourceIp, source_address),
            not_an_address(DestinationIp, destination_address),
            CASE
                WHEN text_of(SourceIp) IS NULL OR text_of(DestinationIp) IS NULL
                    THEN 'there are no two addresses'
            END,
            CASE
                WHEN protocol_number IS NULL OR protocol_number > 255
                    THEN 'protocol ' || coalesce(Protocol, 'null') || ' is none'
            END
        ) AS skip
    FROM read
)

SELECT * FROM final
