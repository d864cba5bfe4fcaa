-- zone_tie: how far the written time of a log in local time lies from UTC, where other records tell the same.
-- grain:  one connection observation without a zone of its own, and its only partner
-- reads:  connection_observation, zone_candidate, file_zone
-- rule:   the same two ends, ports and protocol (and PID where both know it), standing once on either side,
--         are one connection. The partner's time is UTC by its format, or by the one zone its file shows.
--         Whole quarters of an hour are a zone; a rest of more than half a minute is another connection.

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

ended AS (
    SELECT
        o.file,
        o.recorded,
        o.zoned,
        o.pid,
        o.protocol,
        least(source_address || ' ' || source_port, destination_address || ' ' || destination_port) AS one_end,
        greatest(source_address || ' ' || source_port, destination_address || ' ' || destination_port) AS other_end,
        m.zone_seconds
    FROM connection_observation AS o
    LEFT JOIN measured AS m ON o.file = m.file
    WHERE source_port <> destination_port AND recorded_basis IS NULL
),

open_zone AS (
    SELECT *
    FROM ended
    WHERE NOT zoned AND zone_seconds IS NULL
    QUALIFY count(*) OVER (PARTITION BY file, protocol, one_end, other_end) = 1
),

-- several records of one connection within a minute are one
partner AS (
    SELECT
        protocol,
        one_end,
        other_end,
        min(moment) AS moment,
        min(pid) AS pid
    FROM (
        SELECT *, CASE WHEN zoned THEN recorded ELSE recorded + to_seconds(zone_seconds) END AS moment
        FROM ended
        WHERE zoned OR zone_seconds IS NOT NULL
    )
    GROUP BY protocol, one_end, other_end
    HAVING max(moment) - min(moment) <= INTERVAL 1 MINUTE AND min(pid) IS NOT DISTINCT FROM max(pid)
),

tied AS (
    SELECT
        o.file,
        'connection' AS basis,
        o.recorded,
        epoch(p.moment - o.recorded) AS gap,
        coalesce(o.pid = p.pid, false) AS has_same_pid
    FROM open_zone AS o
    INNER JOIN partner AS p
        ON o.protocol = p.protocol AND o.one_end = p.one_end AND o.other_end = p.other_end
    WHERE coalesce(o.pid = p.pid, true)
),

final AS (
    SELECT
        file,
        basis,
        recorded,
        CAST(round(gap / 900) * 900 AS BIGINT) AS zone_seconds,
        gap - round(gap / 900) * 900 AS residual
    FROM tied
    WHERE abs(gap) <= 26 * 3600 + 450 AND abs(gap - round(gap / 900) * 900) <= 30
    -- one pair may be a port that came back
    QUALIFY
        count(*) OVER (PARTITION BY file, zone_seconds) >= 2
        OR bool_or(has_same_pid) OVER (PARTITION BY file, zone_seconds)
)

SELECT * FROM final
ORDER BY file, recorded, zone_seconds, residual
