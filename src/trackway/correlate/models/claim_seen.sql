-- claim_seen: when a kind was written, and when it was silent for longer than it ever is.
-- grain:  source, place, time_from
-- reads:  kind, heard, log_bound, log_run, host_span, switch, told_fact
-- needs:  kind
-- rule:   a kind is on from its first to its last record, and for as long as its rhythm explains around them,
--         though not beyond its log, a switch or a change of Sysmon's configuration. Where it has no rhythm, the
--         numbers of its log must show that nothing is missing, and ten minutes around are taken for explained; else
--         ten minutes of silence are doubtful.

WITH turned AS (
    SELECT source, moment
    FROM switch
    UNION
    SELECT k.source, t.moment
    FROM told_fact AS t
    INNER JOIN kind AS k ON k.log = 'Microsoft-Windows-Sysmon/Operational'
    WHERE t.kind = 'sysmon_configured'
),

reach AS (
    SELECT
        k.source,
        k.log,
        k.manner,
        k.records,
        k.typical,
        k.patience,
        k.first,
        k.last,
        b.runs IS NOT NULL AS is_numbered,
        to_microseconds(
            CAST(coalesce(k.patience, CASE WHEN b.runs IS NOT NULL AND k.records > 1 THEN 600 END, 0) * 1000000 AS BIGINT)
        ) AS around,
        b.time_from AS log_from,
        b.time_to AS log_to
    FROM kind AS k
    LEFT JOIN log_bound AS b ON k.log = b.log
    WHERE k.records > 0
),

switched AS (
    SELECT
        r.source,
        max(t.moment) FILTER (WHERE t.moment <= r.first) AS lower_switch,
        min(t.moment) FILTER (WHERE t.moment > r.last) AS upper_switch
    FROM reach AS r
    INNER JOIN turned AS t ON r.source = t.source
    GROUP BY r.source
),

seen AS (
    SELECT
        source,
        5 AS place,
        CASE WHEN manner = 'snapshot' THEN first ELSE greatest(r.first - r.around, r.log_from, s.lower_switch) END
            AS time_from,
        CASE WHEN manner = 'snapshot' THEN last ELSE least(r.last + r.around, r.log_to, s.upper_switch) END
        + INTERVAL 1 MICROSECOND AS time_to,
        'on' AS state,
        format('{:,} {} records from {} to {}', records, source, said(first), said(last))
        || CASE WHEN is_numbered AND manner = 'events' THEN ', in a log of which no record is missing there' ELSE '' END
        || CASE WHEN patience IS NOT NULL THEN ', on average one every ' || in_words(typical) ELSE '' END AS reason,
        [{'source': source, 'moment': first}, {'source': source, 'moment': last}] AS marks
    FROM reach AS r
    LEFT JOIN switched AS s USING (source)
),

paused AS (
    SELECT
        h.source,
        h.before AS time_from,
        h.moment AS time_to,
        r.patience,
        r.typical,
        r.is_numbered
    FROM heard AS h
    INNER JOIN reach AS r ON h.source = r.source AND r.manner <> 'snapshot'
    -- no patience is shorter
    WHERE epoch_us(h.moment) - epoch_us(h.before) > 600000000
),

silent AS (
    SELECT
        source,
        6 AS place,
        time_from + INTERVAL 1 MICROSECOND AS time_from,
        time_to,
        'unknown' AS state,
        CASE
            WHEN patience IS NOT NULL
                THEN format(
                    'silent from {} to {}, though on average there is one every {}',
                    said(time_from), said(time_to), in_words(typical)
                )
            ELSE format(
                'no {} record from {} to {}, and nothing shows that none is missing', source, said(time_from), said(time_to)
            )
        END AS reason,
        [{'source': source, 'moment': time_from}, {'source': source, 'moment': time_to}] AS marks
    FROM paused
    WHERE
        seconds_between(time_from, time_to) > coalesce(patience, 600)
        AND (patience IS NOT NULL OR NOT is_numbered)
),

final AS (
    SELECT * FROM seen
    UNION ALL
    SELECT * FROM silent
)

SELECT * FROM final
ORDER BY source, place, time_from
