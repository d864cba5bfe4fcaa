-- claim_edge: what is known of a kind where none of its records speak: no log, the ends of its log, its inside.
-- grain:  source, place, time_from
-- reads:  kind, log_bound, log_run, told_fact, host_span
-- needs:  kind; host_span or log_run
-- rule:   before its first record a log was written over if that has a higher number than 1. One that begins with 1
--         was off, was cleared (which numbers anew), or had nothing to tell. Only an event log's own numbers tell
--         that: an export may leave out what it likes.
--         Numbers that are missing between two of its records are lost. Behind its last record a full log lost
--         everything if it keeps its oldest records; one that writes over them may be called full, too.

WITH bounded AS (
    SELECT
        k.source,
        k.log,
        k.manner,
        k.records,
        k.first AS kind_first,
        k.last AS kind_last,
        b.time_from AS log_from,
        b.time_to AS log_to,
        b.first,
        b.last,
        b.is_dirty,
        b.is_full AND EXISTS (
            SELECT 1
            FROM told_fact AS t
            WHERE
                t.kind = 'channel'
                AND lower(t.subject) = lower(k.log)
                AND json_valid(t.value)
                AND json_extract_string(t.value, '$.retention') = 'retain'
        ) AS keeps_oldest,
        h.time_from AS host_from,
        h.time_to + INTERVAL 1 MICROSECOND AS host_to,
        CASE WHEN b.file IS NULL THEN [] ELSE [{'source': k.log, 'file': b.file, 'line': NULL, 'record': b.first}] END
            AS first_cite,
        CASE WHEN b.file IS NULL THEN [] ELSE [{'source': k.log, 'file': b.file, 'line': NULL, 'record': b.last}] END
            AS last_cite
    FROM kind AS k
    CROSS JOIN host_span AS h
    LEFT JOIN log_bound AS b ON k.log = b.log
),

nothing AS (
    SELECT
        source,
        1 AS place,
        host_from AS time_from,
        host_to AS time_to,
        'not_collected' AS state,
        CASE
            WHEN manner = 'snapshot' THEN 'a snapshot says nothing of other moments'
            WHEN log_from IS NULL THEN 'this evidence holds no ' || source || ' record of this host, and no ' || log
            ELSE 'this evidence holds no ' || source || ' record of this host'
        END AS reason,
        [] AS cites
    FROM bounded
),

before AS (
    SELECT
        source,
        2 AS place,
        host_from AS time_from,
        log_from AS time_to,
        CASE WHEN first > 1 THEN 'rolled_over' WHEN first = 1 THEN 'unknown' ELSE 'not_collected' END AS state,
        CASE
            WHEN first > 1
                THEN format(
                    '{} begins with record {} at {}: its records 1 to {} are written over or cleared',
                    log, first, said(log_from), first - 1
                )
            WHEN first = 1
                THEN format(
                    '{} begins with its record 1 at {}: before, it was off, was cleared, or had nothing to tell',
                    log, said(log_from)
                )
            ELSE format('this evidence holds {} from {} on only', log, said(log_from))
        END AS reason,
        first_cite AS cites
    FROM bounded
    WHERE log_from > host_from
),

behind AS (
    SELECT
        source,
        2 AS place,
        log_to + INTERVAL 1 MICROSECOND AS time_from,
        host_to AS time_to,
        CASE WHEN keeps_oldest THEN 'lost' ELSE 'not_collected' END AS state,
        CASE
            WHEN keeps_oldest
                THEN format('{} was full at {} and keeps its oldest records: nothing more was written', log, said(log_to))
            WHEN is_dirty
                THEN format('this evidence holds {} until {} only; it was copied while Windows was writing it', log, said(log_to))
            ELSE format('this evidence holds {} until {} only', log, said(log_to))
        END AS reason,
        last_cite AS cites
    FROM bounded
    WHERE log_to + INTERVAL 1 MICROSECOND < host_to
),

inside AS (
    SELECT
        source,
        3 AS place,
        log_from AS time_from,
        log_to + INTERVAL 1 MICROSECOND AS time_to,
        'unknown' AS state,
        CASE
            WHEN records = 0
                THEN format(
                    '{} is here from {} to {} and holds no {}: most likely it was not switched on',
                    log, said(log_from), said(log_to), source
                )
            ELSE format(
                '{} is here, but the {} records run from {} to {} only', log, source, said(kind_first), said(kind_last)
            )
        END AS reason,
        [] AS cites
    FROM bounded
    WHERE log_from IS NOT NULL
),

missing AS (
    SELECT
        k.source,
        13 AS place,
        lag(r.time_to) OVER numbered AS time_from,
        r.time_from AS time_to,
        'lost' AS state,
        format('the records {} to {} of {} are missing', lag(r.last) OVER numbered + 1, r.first - 1, r.log) AS reason,
        [{'source': r.log, 'file': r.file, 'line': NULL, 'record': r.first}] AS cites
    FROM log_run AS r
    INNER JOIN kind AS k ON r.log = k.log
    WINDOW numbered AS (PARTITION BY k.source ORDER BY r.first)
    QUALIFY lag(r.time_to) OVER numbered < r.time_from
),

final AS (
    SELECT * FROM nothing
    UNION ALL
    SELECT * FROM before
    UNION ALL
    SELECT * FROM behind
    UNION ALL
    SELECT * FROM inside
    UNION ALL
    SELECT * FROM missing
)

SELECT * FROM final
ORDER BY source, place, time_from
