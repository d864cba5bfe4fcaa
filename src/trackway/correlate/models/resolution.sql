-- resolution: one look-up with everything its records say, its process still a PID.
-- grain:  lookup (number)
-- reads:  lookup_member
-- needs:  lookup_member
-- rule:   the caller's own completion (3008, Sysmon 22) speaks last, then the wire, then the cache; the
--         probe's 87 and the cache's miss speak only where nothing else does. Any record of the wire
--         means that the wire was asked.

WITH weighed AS (
    SELECT
        *,
        CASE
            WHEN stage = 'completed' AND coalesce(status, 0) <> 87 THEN 1
            WHEN stage IN ('answered', 'cached', 'wire') THEN 2
            WHEN stage = 'cache' AND coalesce(status, 0) <> 9701 THEN 3
            WHEN stage = 'timeout' THEN 4
            WHEN stage = 'received' THEN 5
            WHEN status IS NOT NULL THEN 6
            ELSE 7
        END AS weight
    FROM lookup_member
),

final AS (
    SELECT
        lookup,
        coalesce(min(time_from) FILTER (WHERE source <> 'sysmon_22'), min(time_from)) AS time_from,
        coalesce(max(time_to) FILTER (WHERE source <> 'sysmon_22'), max(time_to)) AS time_to,
        arg_min(name, observation) AS name,
        coalesce(
            arg_min(query_type, (weight, observation)) FILTER (WHERE weight <= 2),
            arg_min(query_type, observation)
        ) AS query_type,
        arg_min(status, (weight, -observation)) AS status,
        coalesce(
            arg_min(addresses, (weight, observation)) FILTER (WHERE len(addresses) > 0), []
        ) AS addresses,
        coalesce(arg_min(cnames, (weight, observation)) FILTER (WHERE len(cnames) > 0), []) AS cnames,
        coalesce(list_sort(list_distinct(flatten(list(servers)))), []) AS servers,
        CASE
            WHEN bool_or(stage IN ('sent', 'received', 'answered', 'wire_asked', 'cached', 'wire')) THEN 'wire'
            WHEN bool_or(stage = 'cache' AND status = 0) THEN 'cache'
            ELSE 'unknown'
        END AS answered_from,
        max(pid) AS pid,
        min(process_guid) AS process_guid,
        min(image) AS image,
        bool_or(source LIKE 'dns_client%' AND pid IS NOT NULL) AS has_header_pid,
        list_sort(list_distinct(list(source))) AS sources,
        list(observation ORDER BY observation) AS observations
    FROM weighed
    GROUP BY lookup
)

SELECT * FROM final
ORDER BY lookup
