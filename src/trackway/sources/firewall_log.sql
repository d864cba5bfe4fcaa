-- firewall_log: one connection observation for each line of pfirewall.log about a packet.
-- grain:  one raw row
-- reads:  event
-- rule:   ALLOW and OPEN are permits; DROP of a packet that came in is a dropped packet, of one that goes
--         out a refused connection. OPEN and CLOSE are Windows XP's and name this host as the source.

WITH read AS (
    SELECT
        *,
        upper(action) AS verdict,
        upper(path) AS way,
        CASE upper(protocol)
            WHEN 'ICMP' THEN 1
            WHEN 'IGMP' THEN 2
            WHEN 'TCP' THEN 6
            WHEN 'UDP' THEN 17
            WHEN 'ICMPV6' THEN 58
            ELSE number_of(protocol)
        END AS protocol_number
    FROM event
),

final AS (
    SELECT
        observed.*,
        'firewall_log' AS source,
        CASE
            WHEN verdict IN ('ALLOW', 'OPEN', 'OPEN-INBOUND') THEN 'permitted'
            WHEN verdict = 'CLOSE' THEN 'closed'
            WHEN verdict = 'DROP' AND way = 'SEND' THEN 'blocked'
            WHEN verdict = 'DROP' THEN 'dropped'
        END AS stage,
        CASE
            WHEN way = 'SEND' OR verdict IN ('OPEN', 'CLOSE') THEN 'outbound'
            WHEN way = 'RECEIVE' OR verdict = 'OPEN-INBOUND' THEN 'inbound'
        END AS direction,
        protocol_number AS protocol,
        source_address,
        CASE WHEN protocol_number NOT IN (1, 58) THEN number_of("src-port") END AS source_port,
        destination_address,
        CASE WHEN protocol_number NOT IN (1, 58) THEN number_of("dst-port") END AS destination_port,
        number_of(icmptype) AS icmp_type,
        number_of(icmpcode) AS icmp_code,
        nullif(number_of(pid), 0) AS pid,
        coalesce(
            not_a_pid(pid),
            not_a_port("src-port"),
            not_a_port("dst-port"),
            not_an_address("src-ip", source_address),
            not_an_address("dst-ip", destination_address),
            CASE
                WHEN source_address IS NULL OR destination_address IS NULL THEN 'there are no two addresses'
            END,
            CASE
                WHEN protocol_number IS NULL OR protocol_number NOT BETWEEN 0 AND 255
                    THEN 'protocol ' || coalesce(protocol, 'null') || ' is none'
            END,
            CASE
                WHEN stage IS NULL THEN 'action ' || coalesce(action, 'null') || ' is none'
            END
        ) AS skip
    FROM read
)

SELECT * FROM final
