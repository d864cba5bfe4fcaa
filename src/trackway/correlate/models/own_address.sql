-- own_address: the addresses that belong to a host.
-- grain:  host (as spelled), address
-- reads:  connection_observation, dns_observation, host_fact
-- needs:  connection_observation or dns_observation or host_fact
-- rule:   the source of an outbound connection (by the Filtering Platform, or by Sysmon for TCP, whose
--         Initiated can be trusted), what Defender or netstat calls local, the address a process bound or
--         listened on, the addresses of the interfaces that the resolver or the registry names. A leased address is the
--         host's while the lease runs (`leases`, which is null where the address is the host's without such bounds), and
--         without both of its times it is nobody's: it may have been another host's before. Unspecified and multicast
--         addresses belong to nobody.

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
    UNION
    SELECT host, value
    FROM host_fact
    WHERE source = 'registry' AND kind = 'address'
),

lease AS (
    SELECT
        host,
        file,
        subject,
        min(value) FILTER (WHERE kind = 'leased_address') AS address,
        CAST(min(value) FILTER (WHERE kind = 'lease_obtained') AS TIMESTAMPTZ) AS since,
        CAST(min(value) FILTER (WHERE kind = 'lease_terminates') AS TIMESTAMPTZ) AS until
    FROM host_fact
    WHERE source = 'registry'
    GROUP BY host, file, subject
),

known AS (
    SELECT host, address, NULL AS since, NULL AS until
    FROM said
    UNION
    SELECT host, address, since, until
    FROM lease
    WHERE since <= until
),

final AS (
    SELECT
        host,
        address,
        CASE
            WHEN bool_and(since IS NOT NULL) THEN list({'since': since, 'until': until} ORDER BY since, until)
        END AS leases
    FROM known
    WHERE address NOT IN ('0.0.0.0', '::') AND NOT is_group(address) AND NOT is_loopback(address)
    GROUP BY host, address
)

SELECT * FROM final
ORDER BY host, address
