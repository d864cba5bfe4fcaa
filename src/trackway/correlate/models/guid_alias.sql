-- guid_alias: which of Defender's process instances is one that Sysmon names too.
-- grain:  guid
-- reads:  process_observation, connection_observation, dns_observation
-- needs:  connection_observation or dns_observation or process_observation
-- rule:   Defender names an instance by PID and creation time, Sysmon's identifier holds the second of the
--         start: one PID, starts within two seconds, and each is the other's nearest. Sysmon's name counts.

WITH mention AS (
    SELECT pid, process_guid AS guid FROM process_observation
    UNION
    SELECT parent_pid, parent_guid FROM process_observation
    UNION
    SELECT pid, process_guid FROM connection_observation
    UNION
    SELECT pid, process_guid FROM dns_observation
),

defender AS (
    SELECT pid, guid, guid_start(guid) AS start_from
    FROM mention
    WHERE guid LIKE 'mde %'
),

pair AS (
    SELECT
        d.guid,
        s.guid AS same_as,
        -- the middle of Sysmon's second
        abs(seconds_between(guid_start(s.guid) + INTERVAL 500 MILLISECONDS, d.start_from)) AS apart
    FROM defender AS d
    INNER JOIN mention AS s ON d.pid = s.pid
    WHERE s.guid NOT LIKE 'mde %'
),

final AS (
    SELECT guid, same_as
    FROM pair
    WHERE apart <= 2.5
    QUALIFY
        row_number() OVER (PARTITION BY guid ORDER BY apart, same_as) = 1
        AND row_number() OVER (PARTITION BY same_as ORDER BY apart, guid) = 1
)

SELECT * FROM final
ORDER BY guid
