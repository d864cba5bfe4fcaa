-- named_start: process instances that Sysmon's identifier names.
-- grain:  guid
-- reads:  process_placed, connection_placed, dns_placed
-- needs:  connection_placed or dns_placed or process_placed
-- rule:   an identifier holds the second of the start, so an instance whose creation nobody recorded
--         has a start too. A creation record gives it to the millisecond.

WITH mention AS (
    SELECT process_guid AS guid, pid, time_from AS recorded_start
    FROM process_placed
    WHERE process_guid IS NOT NULL AND kind = 'started'
    UNION ALL
    SELECT process_guid, pid, NULL
    FROM process_placed
    WHERE process_guid IS NOT NULL AND kind = 'ended'
    UNION ALL
    SELECT parent_guid, parent_pid, NULL
    FROM process_placed
    WHERE parent_guid IS NOT NULL
    UNION ALL
    SELECT process_guid, pid, NULL
    FROM connection_placed
    WHERE process_guid IS NOT NULL
    UNION ALL
    SELECT process_guid, pid, NULL
    FROM dns_placed
    WHERE process_guid IS NOT NULL
),

merged AS (
    SELECT
        guid,
        min(pid) AS pid,
        min(recorded_start) AS recorded_start,
        guid_start(guid) AS decoded_start
    FROM mention
    WHERE pid IS NOT NULL
    GROUP BY guid
),

final AS (
    SELECT
        guid,
        pid,
        coalesce(recorded_start, decoded_start) AS start_from,
        coalesce(recorded_start, decoded_start + INTERVAL 999999 MICROSECONDS) AS start_to,
        CASE WHEN recorded_start IS NOT NULL THEN 'recorded' ELSE 'guid' END AS basis
    FROM merged
    WHERE coalesce(recorded_start, decoded_start) IS NOT NULL
)

SELECT * FROM final
ORDER BY guid
