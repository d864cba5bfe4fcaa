-- zone_span: which zone holds from which written time on.
-- grain:  file, recorded_from
-- reads:  zone, zone_witness, zone_tie
-- needs:  zone
-- rule:   a record without a UTC time of its own takes the zone of the nearest witness by written
--         time; where there is only one zone, that one. Where the clock was set back once by an hour at most, what was
--         written then may be of before or after it: it keeps both zones, unless the witnesses leave one.

WITH witness AS (
    SELECT
        w.file,
        w.recorded,
        w.zone_seconds,
        lag(w.zone_seconds) OVER by_time AS zone_before,
        lag(w.recorded) OVER by_time AS recorded_before
    FROM (
        SELECT * FROM zone_witness
        UNION ALL
        SELECT * FROM zone_tie
    ) AS w
    INNER JOIN zone AS z
        ON w.file = z.file AND w.zone_seconds = z.zone_seconds AND w.basis = z.basis AND NOT z.borrowed
    WINDOW by_time AS (PARTITION BY w.file ORDER BY w.recorded, w.zone_seconds)
),

change AS (
    SELECT
        file,
        recorded_before + (recorded - recorded_before) / 2 AS recorded_from,
        zone_seconds
    FROM witness
    WHERE zone_seconds <> zone_before
),

beginning AS (
    SELECT
        file,
        TIMESTAMP '1900-01-01' AS recorded_from,
        coalesce(
            (
                SELECT arg_min(w.zone_seconds, (w.recorded, w.zone_seconds))
                FROM witness AS w
                WHERE w.file = zone.file
            ),
            min(zone_seconds)
        ) AS zone_seconds
    FROM zone
    GROUP BY file
),

-- all witnesses before the hour that repeats show one zone, all after it the other
turned AS (
    SELECT
        file,
        min(zone_seconds) AS before,
        max(zone_seconds) AS after,
        max(recorded + to_seconds(zone_seconds)) FILTER (WHERE zone_seconds = lowest) AS last_before,
        min(recorded + to_seconds(zone_seconds)) FILTER (WHERE zone_seconds <> lowest) AS first_after
    FROM (SELECT *, min(zone_seconds) OVER (PARTITION BY file) AS lowest FROM witness)
    GROUP BY file
    HAVING count(DISTINCT zone_seconds) = 2 AND after - before <= 3600 AND last_before < first_after
),

final AS (
    SELECT file, recorded_from, zone_seconds, NULL AS later_seconds
    FROM beginning
    ANTI JOIN turned ON beginning.file = turned.file
    UNION ALL
    -- two witnesses of one moment in two zones: the later one counts
    SELECT file, recorded_from, max(zone_seconds), NULL
    FROM change
    ANTI JOIN turned ON change.file = turned.file
    GROUP BY file, recorded_from
    UNION ALL
    SELECT
        file,
        unnest([TIMESTAMP '1900-01-01', last_before - to_seconds(after), first_after - to_seconds(before)]),
        unnest([before, before, after]),
        unnest([NULL, after, NULL])
    FROM turned
)

SELECT * FROM final
ORDER BY file, recorded_from
