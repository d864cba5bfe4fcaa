-- claim_lost: when records were lost, cleared or could not be written, and when the host slept.
-- grain:  source, place, time_from
-- reads:  told_fact, kind, heard, halt, pause, log_bound, host_span
-- needs:  halt or pause or told_fact
-- rule:   what was lost or cleared lies between the record that says so and the last one of that log before it
--         that this evidence still holds.

WITH logged AS (
    SELECT DISTINCT k.log, h.moment
    FROM heard AS h
    INNER JOIN kind AS k ON h.source = k.source
    WHERE k.log IS NOT NULL
),

told AS (
    SELECT
        CASE
            WHEN kind = 'log_cleared' THEN subject
            WHEN source LIKE 'sysmon_%' THEN 'Microsoft-Windows-Sysmon/Operational'
            WHEN source LIKE 'firewall_%' THEN 'pfirewall.log'
            ELSE 'Security'
        END AS log,
        moment,
        CASE kind WHEN 'log_cleared' THEN 'cleared' ELSE 'lost' END AS state,
        CASE
            WHEN kind = 'log_cleared' THEN format('{} was cleared at {}', subject, said(moment))
            WHEN kind = 'sysmon_error'
                THEN format('Sysmon could not write everything until {}: {}', said(moment), coalesce(value, subject))
            ELSE format('{} events were lost until {}', coalesce(value, 'some'), said(moment))
        END AS reason,
        cite
    FROM told_fact
    WHERE kind IN ('log_cleared', 'events_lost', 'sysmon_error')
),

broken AS (
    SELECT t.*, coalesce(l.moment + INTERVAL 1 MICROSECOND, h.time_from) AS time_from
    FROM told AS t
    CROSS JOIN host_span AS h
    ASOF LEFT JOIN logged AS l ON t.log = l.log AND t.moment > l.moment
),

unwritten AS (
    SELECT DISTINCT ON (k.source, b.state, b.moment)
        k.source,
        CASE b.state WHEN 'cleared' THEN 14 ELSE 13 END AS place,
        b.time_from,
        b.moment AS time_to,
        b.state,
        b.reason,
        [b.cite] AS cites
    FROM broken AS b
    INNER JOIN kind AS k ON lower(b.log) = lower(k.log)
    ORDER BY k.source, b.state, b.moment, b.cite
),

stopped AS (
    SELECT s.moment, s.cite, u.moment AS again
    FROM told_fact AS s
    ASOF LEFT JOIN (
        SELECT DISTINCT moment FROM told_fact WHERE kind IN ('log_started', 'boot')
    ) AS u ON s.moment < u.moment
    WHERE s.kind = 'log_stopped'
    QUALIFY row_number() OVER (PARTITION BY u.moment ORDER BY s.moment, s.observation) = 1
),

serviceless AS (
    SELECT
        k.source,
        11 AS place,
        s.moment + INTERVAL 1 MICROSECOND AS time_from,
        coalesce(s.again, h.time_to) AS time_to,
        'off' AS state,
        format('the event log service was stopped at {}', said(s.moment)) AS reason,
        [s.cite] AS cites
    FROM stopped AS s
    CROSS JOIN host_span AS h
    INNER JOIN kind AS k ON k.manner = 'events'
),

asleep AS (
    SELECT
        k.source,
        12 AS place,
        greatest(p.time_from + INTERVAL 1 MICROSECOND, b.time_from) AS time_from,
        least(p.time_to, b.time_to) AS time_to,
        'asleep' AS state,
        format('{} from {} to {}', p.reason, said(p.time_from), said(p.time_to)) AS reason,
        p.cites
    FROM pause AS p
    INNER JOIN kind AS k ON k.manner <> 'snapshot'
    -- what is written over cannot show that nothing was written
    INNER JOIN log_bound AS b ON k.log = b.log
),

every AS (
    SELECT * FROM unwritten
    UNION ALL
    SELECT * FROM serviceless
    UNION ALL
    SELECT source, 10 AS place, time_from, time_to, 'off' AS state, reason, [cite] AS cites
    FROM halt
    UNION ALL
    SELECT * FROM asleep
),

final AS (
    SELECT source, place, time_from, time_to, state, reason, cites
    FROM every
    WHERE time_from < time_to
)

SELECT * FROM final
ORDER BY source, place, time_from
