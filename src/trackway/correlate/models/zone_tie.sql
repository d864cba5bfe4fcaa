-- zone_tie: how far the written time of a log in local time lies from UTC, where other records tell the same.
-- grain:  one observation without a zone of its own, and its only partner
-- reads:  connection_observation, process_observation, dns_observation, zone_candidate, file_zone
-- needs:  connection_observation or dns_observation or process_observation
-- rule:   the same two ends, ports and protocol (and PID where both know it) are one connection, the same PID and file
--         name one start, the same name and answers (from the wire, or of one PID) one look-up, where they stand once on
--         either side. The partner's time is UTC by its format, or by the one zone its file shows. Whole quarters of an
--         hour are a zone; a rest of more than half a minute is something else.

WITH measured AS (
    SELECT file, min(zone_seconds) AS zone_seconds
    FROM (
        SELECT file, zone_seconds FROM zone_candidate
        UNION ALL
        SELECT file, zone_seconds FROM file_zone
    )
    GROUP BY file
    HAVING count(DISTINCT zone_seconds) = 1
),

told AS (
    SELECT
        'connection' AS what,
        file,
        recorded,
        zoned,
        pid,
        concat_ws(
            ' ',
            protocol,
            least(source_address || ' ' || source_port, destination_address || ' ' || destination_port),
            greatest(source_address || ' ' || source_port, destination_address || ' ' || destination_port)
        ) AS thing
    FROM connection_observation
    WHERE
        source_port <> destination_port AND recorded_basis IS NULL
        AND protocol IS NOT NULL AND source_address IS NOT NULL AND destination_address IS NOT NULL
    UNION ALL
    SELECT 'start', file, recorded, zoned, pid, pid || ' ' || base_name(image)
    FROM process_observation
    WHERE kind = 'started'
    UNION ALL
    SELECT
        'look-up',
        file,
        recorded,
        zoned,
        CASE WHEN source NOT IN ('dns_client_3020', 'zeek_dns') THEN pid END AS pid,
        concat_ws(' ', pid, lower(name), list_sort(addresses))
    FROM dns_observation
    WHERE
        len(addresses) > 0
        AND (
            source IN ('dns_client_3020', 'zeek_dns')
            OR (pid IS NOT NULL AND (source IN ('dns_client_3008', 'sysmon_22') OR family(source) = 'defender'))
        )
),

dated AS (
    SELECT t.*, m.zone_seconds
    FROM told AS t
    LEFT JOIN measured AS m ON t.file = m.file
),

open_zone AS (
    SELECT *
    FROM dated
    WHERE NOT zoned AND zone_seconds IS NULL AND thing IS NOT NULL
    QUALIFY count(*) OVER (PARTITION BY file, what, thing) = 1
),

-- several records of one thing within a minute are one
partner AS (
    SELECT
        what,
        thing,
        min(moment) AS moment,
        min(pid) AS pid
    FROM (
        SELECT *, CASE WHEN zoned THEN recorded ELSE recorded + to_seconds(zone_seconds) END AS moment
        FROM dated
        WHERE (zoned OR zone_seconds IS NOT NULL) AND EXISTS (FROM open_zone)
    )
    GROUP BY what, thing
    HAVING max(moment) - min(moment) <= INTERVAL 1 MINUTE AND min(pid) IS NOT DISTINCT FROM max(pid)
),

tied AS (
    SELECT
        o.file,
        o.what,
        o.recorded,
        count(*) OVER (PARTITION BY o.file) AS ties,
        epoch(p.moment - o.recorded) AS gap,
        o.what = 'connection' AND coalesce(o.pid = p.pid, false) AS is_sure
    FROM open_zone AS o
    INNER JOIN partner AS p ON o.what = p.what AND o.thing = p.thing
    WHERE coalesce(o.pid = p.pid, true)
),

final AS (
    SELECT
        file,
        -- the first of connection, look-up and start that there is
        min(what) OVER (PARTITION BY file) AS basis,
        recorded,
        CAST(round(gap / 900) * 900 AS BIGINT) AS zone_seconds,
        gap - round(gap / 900) * 900 AS residual
    FROM tied
    WHERE abs(gap) <= 26 * 3600 + 450 AND abs(gap - round(gap / 900) * 900) <= 30
    -- one pair may be a port that came back; a look-up or a start may be another one of the same sort
    QUALIFY
        count(*) FILTER (what = 'connection') OVER (PARTITION BY file, zone_seconds) >= 2
        OR bool_or(is_sure) OVER (PARTITION BY file, zone_seconds)
        OR count(*) OVER (PARTITION BY file, zone_seconds) >= greatest(3, ties / 2)
)

SELECT * FROM final
ORDER BY file, recorded, zone_seconds, residual
