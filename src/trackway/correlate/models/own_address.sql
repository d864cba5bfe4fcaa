-- own_address: the addresses that belong to this host.
-- grain:  address
-- reads:  connection_observation, dns_observation
-- rule:   the source of an outbound connection (by the Filtering Platform, or by Sysmon for TCP, whose
--         Initiated can be trusted), what Defender calls local, the address a process bound or listened
--         on, the addresses of the interfaces that the resolver names. Unspecified and multicast addresses
--         belong to nobody.

WITH said AS (
    SELECT source_address AS address
    FROM connection_observation
    WHERE (direction = 'outbound' AND (source <> 'sysmon_3' OR protocol = 6)) OR source LIKE 'defender%'
    UNION
    SELECT source_address
    FROM connection_observation
    WHERE stage IN ('bound', 'bind_blocked', 'listening', 'listen_blocked')
    UNION
    SELECT unnest(local_addresses)
    FROM dns_observation
),

final AS (
    SELECT address
    FROM said
    WHERE address NOT IN ('0.0.0.0', '::') AND NOT is_group(address) AND NOT is_loopback(address)
)

SELECT * FROM final
ORDER BY address
