-- security_filtering: one connection observation for each record of the Filtering Platform.
-- grain:  one raw row
-- reads:  event
-- rule:   what the record says and nothing more; sides, merging and meaning are decided later.
--         A port or PID that is no such number, or an address that is none, makes the row a skip.

WITH read AS (
    SELECT
        *,
        number_of(ProcessId) AS pid,
        number_of(Protocol) AS protocol_number,
        number_of(SourcePort) AS first_port,
        number_of(DestPort) AS second_port,
        number_of(Protocol) IN (1, 58) AS is_icmp
    FROM event
),

final AS (
    SELECT
        observed.*,
        'security_' || event_id AS source,
        CASE event_id
            WHEN 5152 THEN 'dropped'
            WHEN 5154 THEN 'listening'
            WHEN 5155 THEN 'listen_blocked'
            WHEN 5156 THEN 'permitted'
            WHEN 5157 THEN 'blocked'
            WHEN 5158 THEN 'bound'
            WHEN 5159 THEN 'bind_blocked'
        END AS stage,
        -- %%14592 is Inbound, %%14593 Outbound; some exporters render the word
        CASE
            WHEN Direction LIKE '%14592%' OR lower(Direction) = 'inbound' THEN 'inbound'
            WHEN Direction LIKE '%14593%' OR lower(Direction) = 'outbound' THEN 'outbound'
        END AS direction,
        protocol_number AS protocol,
        source_address,
        CASE WHEN NOT coalesce(is_icmp, false) THEN first_port END AS source_port,
        destination_address,
        CASE WHEN NOT coalesce(is_icmp, false) THEN second_port END AS destination_port,
        CASE WHEN is_icmp THEN first_port END AS icmp_type,
        CASE WHEN is_icmp THEN second_port END AS icmp_code,
        -- PID 0 stands for "no process" in dropped packets; PID 4 is the kernel, which has no file: where a record
        -- of it names one, a flat export has put the process that wrote the record over the record's own
        CASE WHEN pid > 0 AND NOT (pid = 4 AND coalesce(contains(Application, '\'), false)) THEN pid END AS pid,
        text_of(Application) AS image,
        coalesce(
            not_a_pid(ProcessId),
            not_a_port(SourcePort),
            not_a_port(DestPort),
            not_an_address(SourceAddress, source_address),
            not_an_address(DestAddress, destination_address),
            CASE WHEN text_of(SourceAddress) IS NULL THEN 'there is no source address' END,
            CASE
                WHEN protocol_number IS NULL OR protocol_number > 255
                    THEN 'protocol ' || coalesce(Protocol, 'null') || ' is none'
            END
        ) AS skip
    FROM read
)

SELECT * FROM final
