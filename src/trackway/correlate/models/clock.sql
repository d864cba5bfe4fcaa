-- clock: the offsets between the clocks of this host's evidence, as schema.CLOCK.
-- grain:  file and zone, the skew of Sysmon's network events or of a family, a step of the host's clock
-- reads:  zone, skew, skew_tie, family_skew, told_fact, dns_dated, oriented and every observation table
-- rule:   everything that was applied, and everything that had to be taken on trust, is said. An offset that changes by
--         more than two seconds over at least eleven ties is a drift, and a step where half of the change lies between two
--         neighbours. Where records say that the host's clock was set by more than two seconds, that is a step, too; times
--         before and after it stand as they were written.

WITH labelled AS (
    SELECT file, bool_and(zoned) AS zoned, count(*) AS records, bool_and(starts_with(source, 'firewall_lo')) AS is_local
    FROM (
        SELECT file, zoned, source FROM connection_observation
        UNION ALL
        SELECT file, zoned, source FROM dns_observation
        UNION ALL
        SELECT file, zoned, source FROM process_observation
        UNION ALL
        SELECT file, zoned, source FROM script_observation
    )
    GROUP BY file
),

zones AS (
    SELECT
        'every source' AS source,
        l.file,
        CASE
            WHEN l.zoned OR (z.file IS NULL AND o.offset_text IS NULL AND NOT coalesce(l.is_local AND o.told IS NOT NULL, false))
                THEN 'none'
            ELSE 'zone'
        END AS kind,
        CASE
            WHEN l.zoned THEN 0.0
            WHEN z.file IS NULL AND l.is_local AND o.told IS NOT NULL THEN NULL
            -- a zone by name has no one offset
            WHEN o.offset_text IS NOT NULL THEN CAST(getvariable('timezone_seconds') AS DOUBLE)
            ELSE coalesce(CAST(z.zone_seconds AS DOUBLE), 0.0)
        END AS offset_seconds,
        z.spread_seconds,
        z.support,
        CASE
            WHEN l.zoned THEN 'format'
            WHEN o.offset_text IS NOT NULL THEN 'user'
            WHEN z.file IS NULL THEN CASE WHEN l.is_local AND o.told IS NOT NULL THEN 'registry' ELSE 'label' END
            WHEN z.borrowed AND z.basis <> 'host' THEN z.basis || ', other hosts of the file'
            ELSE z.basis
        END AS basis,
        NOT l.zoned AND (
            o.offset_text IS NOT NULL OR coalesce(z.zone_seconds <> 0, l.is_local AND o.told IS NOT NULL, false)
        ) AS applied,
        CASE
            WHEN l.zoned THEN 'the format writes UTC'
            WHEN o.offset_text IS NOT NULL
                THEN 'record times were read in ' || o.offset_text || ', as asked'
            WHEN z.file IS NULL AND l.is_local AND o.told IS NOT NULL
                THEN 'the log is in local time, and the registry names the zone ' || o.told
            WHEN z.file IS NULL
                THEN 'no record of this file shows a second time; its times are taken as UTC (--timezone corrects it)'
            WHEN z.basis = 'host'
                THEN 'no record of this file shows a second time; it is taken for the local time of the host''s other files'
            WHEN z.basis IN ('connection', 'look-up', 'start')
                THEN 'times are local: what this file tells stands in records that say UTC, too, so many seconds apart'
            WHEN z.zone_seconds = 0 THEN 'record times are UTC: they agree with the second time that records carry'
            WHEN count(*) OVER (PARTITION BY l.file) > 1
                THEN concat(
                    'several offsets: a change of zone, or a 12-hour clock without AM and PM; ',
                    'each record takes that of its nearest witness'
                )
            ELSE 'record times are local, though some exports label them Z'
        END AS reason
    FROM labelled AS l
    CROSS JOIN (SELECT getvariable('timezone_label') AS offset_text, getvariable('told_timezone') AS told) AS o
    -- what is overruled is not shown as if it were applied
    LEFT JOIN zone AS z ON l.file = z.file AND o.offset_text IS NULL
),

network AS (
    SELECT count(*) AS records
    FROM (
        SELECT stated FROM oriented WHERE source = 'sysmon_3'
        UNION ALL
        SELECT stated FROM dns_dated WHERE source = 'sysmon_22'
    )
),

course AS (
    SELECT
        max(offset_seconds) - min(offset_seconds) AS change,
        max(jump) AS jump,
        arg_min(offset_seconds, stated_from) AS at_first,
        arg_max(offset_seconds, stated_from) AS at_last
    FROM (
        SELECT *, abs(offset_seconds - lag(offset_seconds) OVER (ORDER BY stated_from)) AS jump
        FROM skew
    )
    HAVING count(*) >= 11
),

skews AS (
    SELECT
        'sysmon_3, sysmon_22' AS source,
        NULL AS file,
        CASE
            WHEN (SELECT change > 2 AND jump >= change / 2 FROM course) THEN 'step'
            WHEN (SELECT change > 2 FROM course) THEN 'drift'
            WHEN is_zone_mistaken(median(offset_seconds)) THEN 'zone'
            ELSE 'skew'
        END AS kind,
        median(offset_seconds) AS offset_seconds,
        coalesce(
            (
                SELECT quantile_cont(gap_seconds, 0.75) - quantile_cont(gap_seconds, 0.25) FROM skew_tie
            ),
            median(uncertainty_seconds)
        ) AS spread_seconds,
        CASE WHEN min(basis) = 'ties' THEN (SELECT count(*) FROM skew_tie) ELSE (SELECT records FROM network) END AS support,
        min(basis) AS basis,
        true AS applied,
        CASE
            WHEN min(basis) = 'ties'
                THEN
                    'measured on records of one connection or look-up by both clocks'
                    || coalesce(
                        (
                            SELECT format('; it went from {:.1f} to {:.1f} seconds, and was followed', at_first, at_last)
                            FROM course
                            WHERE change > 2
                        ),
                        CASE WHEN is_zone_mistaken(median(offset_seconds)) THEN zone_mistaken(median(offset_seconds)) END,
                        ''
                    )
            ELSE 'measured on the delay between activity and record, so good to a second or two only'
        END AS reason
    FROM skew
    HAVING count(*) > 0
    UNION ALL
    SELECT
        'sysmon_3, sysmon_22',
        NULL,
        'skew',
        NULL,
        NULL,
        0,
        'none',
        false,
        'nothing else witnessed the same connections or look-ups; Sysmon''s UtcTime is taken as it is'
    FROM network
    WHERE records > 0 AND (SELECT count(*) FROM skew) = 0
),

families AS (
    SELECT
        CASE family WHEN 'firewall' THEN 'firewall_log' ELSE family END AS source,
        NULL AS file,
        CASE
            WHEN bool_or(is_moving) AND max(jump) >= (max(offset_seconds) - min(offset_seconds)) / 2 THEN 'step'
            WHEN bool_or(is_moving) THEN 'drift'
            WHEN is_zone_mistaken(min(offset_seconds)) THEN 'zone'
            ELSE 'skew'
        END AS kind,
        median(offset_seconds) AS offset_seconds,
        min(spread_seconds) AS spread_seconds,
        min(support) AS support,
        min(what) AS basis,
        true AS applied,
        format('measured on {} that records of {} witness, too', min(what), min(other))
        || CASE kind
            WHEN 'zone' THEN zone_mistaken(min(offset_seconds))
            WHEN 'skew' THEN ''
            ELSE
                format(
                    '; it went from {:.1f} to {:.1f} seconds, and was followed',
                    arg_min(offset_seconds, own_from),
                    arg_max(offset_seconds, own_from)
                )
        END AS reason
    FROM (
        SELECT *, abs(offset_seconds - lag(offset_seconds) OVER (PARTITION BY family ORDER BY own_from)) AS jump
        FROM family_skew
    )
    GROUP BY family
),

-- two logs tell one step, to a fraction of a second
steps AS (
    SELECT
        'every source' AS source,
        NULL AS file,
        'step' AS kind,
        median(seconds_between(old, new)) AS offset_seconds,
        NULL AS spread_seconds,
        count(*) AS support,
        'record' AS basis,
        false AS applied,
        format('the clock was set from {} to {}; what was written before stands as it is', said(min(old)), said(min(new)))
            AS reason
    FROM (
        SELECT try_cast(subject AS TIMESTAMPTZ) AS old, try_cast(value AS TIMESTAMPTZ) AS new
        FROM told_fact
        WHERE kind = 'clock_changed'
    )
    WHERE abs(seconds_between(old, new)) > 2
    GROUP BY time_bucket(INTERVAL 1 SECOND, old), time_bucket(INTERVAL 1 SECOND, new)
),

final AS (
    SELECT getvariable('host') AS host, *
    FROM (
        SELECT * FROM zones
        UNION ALL
        SELECT * FROM skews
        UNION ALL
        SELECT * FROM families
        UNION ALL
        SELECT * FROM steps
    )
)

SELECT * FROM final
ORDER BY kind, source, file, offset_seconds, reason
