-- zone: the zones in which the records of one file are written for this host.
-- grain:  file, zone_seconds
-- reads:  zone_candidate, file_zone
-- rule:   the host's own Sysmon first, then its own collector times, then what the other hosts of the
--         same file show, if they agree. Several zones of one file are a change of zone or a 12-hour clock.

WITH ranked AS (
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
