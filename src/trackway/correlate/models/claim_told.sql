-- claim_told: when policies, services and clocks say that a kind was on, off or doubtful.
-- grain:  source, place, time_from
-- reads:  switch, sysmon_kind, told_fact, kind, heard, log_bound, host_span
-- needs:  switch or sysmon_kind or told_fact
-- rule:   a switch holds until the next one, and back to the one before if it is a change; a dump reaches back to
--         the last record of the kind, or of its log. What it says of a log's inside holds where the log is here.
--         A record that was written in a time that a policy calls off proves that it was not: off begins after it.

WITH spanned AS (
    SELECT
        *,
        lag(moment) OVER ordered AS before,
        lead(moment) OVER ordered AS behind,
        lead(is_change) OVER ordered AS changes
    FROM switch
    WINDOW ordered AS (PARTITION BY source ORDER BY moment)
),

forward AS (
    SELECT
        source,
        moment AS time_from,
        coalesce(behind, h.time_to + INTERVAL 1 MICROSECOND) AS time_to,
        is_on,
        reason,
        cite,
        is_elsewhere
    FROM spanned
    CROSS JOIN host_span AS h
),

backward AS (
    SELECT s.source, h.time_from, s.moment AS time_to, s.is_on <> s.is_change AS is_on, s.reason, s.cite, s.is_elsewhere
    FROM spanned AS s
    CROSS JOIN host_span AS h
    -- between two switches the later one decides only where the earlier does not
    WHERE s.before IS NULL
),

known AS (
    SELECT f.*, k.manner, b.time_from AS log_from, b.time_to AS log_to, b.runs IS NOT NULL AS is_numbered
    FROM (
        SELECT * FROM forward
        UNION ALL
        SELECT * FROM backward
    ) AS f
    INNER JOIN kind AS k ON f.source = k.source
    LEFT JOIN log_bound AS b ON k.log = b.log
),

-- on says something only where the log is here; off where nothing was written
limited AS (
    SELECT
        k.source,
        CASE
            WHEN k.is_on THEN greatest(k.time_from, k.log_from)
            ELSE coalesce(
                (
                    SELECT max(h.moment) + INTERVAL 1 MICROSECOND
                    FROM heard AS h
                    WHERE h.source = k.source AND h.moment >= k.time_from AND h.moment < k.time_to
                ),
                k.time_from
            )
        END AS time_from,
        CASE WHEN k.is_on THEN least(k.time_to, k.log_to + INTERVAL 1 MICROSECOND) ELSE k.time_to END AS time_to,
        k.is_on,
        k.reason,
        k.cite,
        k.is_elsewhere
    FROM known AS k
    -- an export may leave out the kind: that the policy asks for it does not put it there
    WHERE NOT k.is_on OR k.is_numbered
),

switched AS (
    SELECT
        source,
        7 AS place,
        time_from,
        time_to,
        CASE WHEN is_on THEN 'on' WHEN is_elsewhere THEN 'not_collected' ELSE 'off' END AS state,
        reason,
        [cite] AS cites
    FROM limited
    WHERE time_from < time_to
),

stepped AS (
    SELECT
        k.source,
        9 AS place,
        least(c.old, c.new) AS time_from,
        greatest(c.old, c.new) AS time_to,
        'unknown' AS state,
        format('the clock was set from {} to {}', said(c.old), said(c.new)) AS reason,
        [c.cite] AS cites
    FROM (
        SELECT try_cast(subject AS TIMESTAMPTZ) AS old, try_cast(value AS TIMESTAMPTZ) AS new, cite
        FROM told_fact
        WHERE kind = 'clock_changed'
    ) AS c
    CROSS JOIN kind AS k
    WHERE abs(epoch(c.new - c.old)) > 60 AND k.manner <> 'snapshot'
),

-- a kind that the configuration leaves out altogether, of which no record is here
unruled AS (
    SELECT source, 8 AS place, time_from, time_to, state, reason, [cite] AS cites
    FROM sysmon_kind
    WHERE state = 'off'
),

final AS (
    SELECT * FROM switched
    UNION ALL
    SELECT * FROM stepped
    UNION ALL
    SELECT * FROM unruled
)

SELECT * FROM final
ORDER BY source, place, time_from
