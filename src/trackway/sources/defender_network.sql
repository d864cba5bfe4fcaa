-- defender_network: one connection observation for each network action of Defender for Endpoint.
-- grain:  one raw row
-- reads:  event
-- rule:   LocalIP is this host's side and stands as source whatever the direction. Only a request, its
--         success and its failure say that the device connected; only a success, a connection taken and one found
--         open say that the other side answered. What an inspection saw on the wire says its direction itself, or
--         nothing.

WITH read AS (
    SELECT
        *,
        regexp_replace(ActionType, 'AggregatedReport$', '') AS action,
        ActionType LIKE '%Inspected' AS is_inspected,
        CASE lower(Protocol)
            WHEN 'tcp' THEN 6
            WHEN 'tcpv6' THEN 6
            WHEN 'udp' THEN 17
            WHEN 'udpv6' THEN 17
            WHEN 'icmp' THEN 1
            WHEN 'icmpv6' THEN 58
            ELSE number_of(Protocol)
        END AS protocol_number
    FROM event
),

final AS (
    SELECT
        observed.*,
        'defender_' || lower(ActionType) AS source,
        CASE
            WHEN action = 'ListeningConnectionCreated' THEN 'listening'
            WHEN action = 'ConnectionFailed' THEN 'failed'
            WHEN action = 'ConnectionFound' THEN 'open'
            WHEN is_inspected OR action IN ('ConnectionAttempt', 'ConnectionAcknowledged') THEN 'wire'
            WHEN protocol_number <> 6 THEN 'connected'
            WHEN action = 'ConnectionRequest' THEN 'attempted'
            ELSE 'established'
        END AS stage,
        CASE
            WHEN action IN ('ConnectionRequest', 'ConnectionSuccess', 'ConnectionFailed') THEN 'outbound'
            WHEN action IN ('InboundConnectionAccepted', 'InboundInternetScanInspected') THEN 'inbound'
            ELSE more.direction
        END AS direction,
        coalesce(protocol_number, CASE WHEN ActionType LIKE 'Icmp%' THEN 1 ELSE 6 END) AS protocol,
        local AS source_address,
        number_of(LocalPort) AS source_port,
        CASE WHEN action <> 'ListeningConnectionCreated' THEN remote END AS destination_address,
        CASE WHEN action <> 'ListeningConnectionCreated' THEN number_of(RemotePort) END AS destination_port,
        CASE WHEN NOT is_inspected THEN remote_host END AS remote_name_hint,
        CASE WHEN is_inspected THEN coalesce(more.asked_name, remote_host) END AS asked_name,
        nullif(number_of(InitiatingProcessId), 0) AS pid,
        created_key(InitiatingProcessId, InitiatingProcessCreationTime) AS process_guid,
        path_of(InitiatingProcessFolderPath, InitiatingProcessFileName) AS image,
        account(InitiatingProcessAccountSid, InitiatingProcessAccountDomain, InitiatingProcessAccountName) AS user,
        coalesce(
            not_a_pid(InitiatingProcessId),
            not_a_port(LocalPort),
            not_a_port(RemotePort),
            not_an_address(LocalIP, local),
            not_an_address(RemoteIP, remote),
            CASE WHEN local IS NULL THEN 'there is no local address' END,
            CASE
                WHEN action <> 'ListeningConnectionCreated' AND remote IS NULL THEN 'there is no remote address'
            END,
            CASE WHEN protocol_number NOT BETWEEN 0 AND 255 THEN 'protocol ' || Protocol || ' is none' END
        ) AS skip
    FROM read
)

SELECT * FROM final
