-- zone: the zones in which the records of one file are written for this host.
-- grain:  file, zone_seconds
-- reads:  zone_candidate, file_zone, zone_tie and every observation table
-- rule:   the host's own Sysmon first, then its own collector times, then what the other hosts of the
--         same file show, if they agree; then what stands in another file, too; then the one
--         zone that all other files of the host show. Several zones of one file are a change of zone or a
--         12-hour clock.

WITH tied AS (
    SELECT
        file,
        min(basis) AS basis,
        zone_seconds,
        count(*) AS support,
        quantile_cont(residual, 0.75) - quantile_cont(residual, 0.25) AS spread_seconds
    FROM zone_tie
    GROUP BY file, zone_seconds
    QUALIFY support >= 0.05 * sum(support) OVER (PARTITION BY file)
),

-- the zone of the host, where all that was measured agrees and a clock can show it
of_host AS (
    SELECT min(zone_seconds) AS zone_seconds, sum(support) AS support
    FROM (
        SELECT zone_seconds, support FROM zone_candidate
        UNION ALL
        SELECT zone_seconds, support FROM tied
    )
    HAVING count(DISTINCT zone_seconds) = 1 AND min(zone_seconds) BETWEEN -14 * 3600 AND 12 * 3600
),

unzoned AS (
    SELECT file FROM connection_observation WHERE NOT zoned
    UNION
    SELECT file FROM dns_observation WHERE NOT zoned
    UNION
    SELECT file FROM process_observation WHERE NOT zoned
    UNION
    SELECT file FROM script_observation WHERE NOT zoned
    UNION
    SELECT file FROM host_fact WHERE NOT zoned
),

ranked AS (
    SELECT
        *,
        CASE basis WHEN 'sysmon' THEN 1 ELSE 2 END AS choice,
        false AS borrowed
    FROM zone_candidate
    UNION ALL
    SELECT
        *,
        CASE basis WHEN 'sysmon' THEN 3 ELSE 4 END AS choice,
        true AS borrowed
    FROM file_zone
    QUALIFY count(*) OVER (PARTITION BY file, basis) = 1
    UNION ALL
    SELECT
        *,
        5 AS choice,
        false AS borrowed
    FROM tied
    UNION ALL
    SELECT
        u.file,
        'host' AS basis,
        h.zone_seconds,
        h.support,
        NULL AS spread_seconds,
        6 AS choice,
        true AS borrowed
    FROM unzoned AS u
    CROSS JOIN of_host AS h
),

final AS (
    SELECT
        file,
        zone_seconds,
        basis,
        borrowed,
        support,
        spread_seconds
    FROM ranked
    QUALIFY choice = min(choice) OVER (PARTITION BY file)
)

SELECT * FROM final
ORDER BY file, zone_seconds
