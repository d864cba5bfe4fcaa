-- connection: one connection of one process, merged over the records that witness it.
-- grain:  connection (number)
-- reads:  connection_member
-- needs:  connection_member
-- rule:   the Security log's time counts where there is one, since it runs by the system's clock; else
--         Sysmon's reconciled one; else what the others leave open. It is established where one record says that
--         the other side answered, else failed where one says that it did not, else allowed: tried, and no more.

WITH final AS (
    SELECT
        dense_rank() OVER (ORDER BY tuple, owner_pid NULLS FIRST, direction, number) AS connection,
        coalesce(
            min(time_from) FILTER (WHERE time_rank(source) = 1),
            min(time_from) FILTER (WHERE time_rank(source) = 2),
            min(time_from)
        ) AS time_from,
        coalesce(
            max(time_to) FILTER (WHERE time_rank(source) = 1),
            max(time_to) FILTER (WHERE time_rank(source) = 2),
            max(time_to)
        ) AS time_to,
        direction,
        CASE
            WHEN bool_or(is_blocked) THEN 'blocked'
            WHEN bool_or(stage IN ('established', 'open', 'request')) THEN 'established'
            WHEN bool_or(stage = 'failed') THEN 'failed'
            ELSE 'allowed'
        END AS action,
        min(protocol) AS protocol,
        min(local_address) AS local_address,
        min(local_port) AS local_port,
        min(remote_address) AS remote_address,
        min(remote_port) AS remote_port,
        min(icmp_type) AS icmp_type,
        min(icmp_code) AS icmp_code,
        bool_or(is_accepting) AS is_accepting,
        min(remote_name_hint) AS remote_name_hint,
        owner_pid AS pid,
        min(process_guid) AS process_guid,
        coalesce(min(image) FILTER (WHERE source = 'sysmon_3'), min(image)) AS image,
        count(DISTINCT source) AS source_count,
        list(observation ORDER BY observation) AS observations
    FROM connection_member
    GROUP BY tuple, owner_pid, direction, number
    HAVING is_wanted(min(time_from), max(time_to))
)

SELECT * FROM final
ORDER BY connection
