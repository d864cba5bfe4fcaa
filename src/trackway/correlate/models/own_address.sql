-- own_address: the addresses that belong to a host.
-- grain:  host (as spelled), address
-- reads:  connection_observation, dns_observation
-- rule:   the source of an outbound connection (by the Filtering Platform, or by Sysmon for TCP, whose
--         Initiated can be trusted), what Defender or netstat calls local, the address a process bound or
--         listened on, the addresses of the interfaces that the resolver names. Unspecified and multicast addresses
--         belong to nobody.

WITH said AS (
    SELECT host, source_address AS address
    FROM connection_observation
    WHERE (direction = 'outbound' AND (source <> 'sysmon_3' OR protocol = 6)) OR source LIKE 'defender%'
    UNION
    SELECT host, source_address
    FROM connection_observation
    WHERE stage IN ('bound', 'bind_blocked', 'listening', 'listen_blocked') OR source = 'open_sockets'
    UNION
    SELECT host, unnest(local_addresses)
    FROM dns_observation
),

final AS (
    SELECT host, address
    FROM said
    WHERE address NOT IN ('0.0.0.0', '::') AND NOT is_group(address) AND NOT is_loopback(address)
)

SELECT * FROM final
ORDER BY host, address
