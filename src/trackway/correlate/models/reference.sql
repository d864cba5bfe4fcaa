-- reference: every place where something names a process by PID or by Sysmon's identifier.
-- grain:  kind, number
-- reads:  connection, resolution, script_group, process_placed
-- note:   `number` is the connection, look-up, script or observation that refers.

WITH final AS (
    SELECT 'connection' AS kind, connection AS number, pid, process_guid AS guid, time_from, time_to, image
    FROM connection
    WHERE pid IS NOT NULL
    UNION ALL
    SELECT 'lookup', lookup, pid, process_guid, time_from, time_from, image
    FROM resolution
    WHERE pid IS NOT NULL
    UNION ALL
    SELECT 'script', script, pid, NULL, time_from, begun_to, 'powershell.exe'
    FROM script_group
    WHERE pid IS NOT NULL
    UNION ALL
    SELECT 'parent', observation, parent_pid, parent_guid, time_from, time_to, parent_image
    FROM process_placed
    WHERE kind = 'started' AND parent_pid IS NOT NULL
    UNION ALL
    -- an end without a start on record: the PID had a life nobody named
    SELECT 'end', observation, pid, process_guid, time_from, time_from, image
    FROM process_placed
    WHERE kind = 'ended'
)

SELECT * FROM final
ORDER BY kind, number
