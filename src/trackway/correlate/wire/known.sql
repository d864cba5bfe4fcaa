-- known: whose the records of each log of the network are.
-- grain:  file
-- reads:  connection_observation, dns_observation (of clients), owner (address, host, leases)
-- rule:   a record is of a host where one of its ends is, at that moment; it may be of two.

WITH record AS (
    SELECT file, timezone('UTC', recorded) AS moment, source_address AS client, destination_address AS server
    FROM connection_observation
    UNION ALL
    SELECT file, timezone('UTC', recorded), local_addresses[1], NULL
    FROM dns_observation
),

final AS (
    SELECT
        r.file,
        list_sort(list_distinct(list_concat(list(c.host), list(s.host)))) AS hosts,
        count(*) FILTER (WHERE c.host IS NOT NULL OR s.host IS NOT NULL) AS used,
        count(DISTINCT r.client) FILTER (WHERE c.host IS NULL AND s.host IS NULL) AS others
    FROM record AS r
    LEFT JOIN owner AS c ON r.client = c.address AND is_held(c.leases, r.moment, r.moment)
    LEFT JOIN owner AS s ON r.server = s.address AND is_held(s.leases, r.moment, r.moment)
    GROUP BY r.file
)

SELECT * FROM final
ORDER BY file
