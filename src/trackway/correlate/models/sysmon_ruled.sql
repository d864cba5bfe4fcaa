-- sysmon_ruled: from when to when which configuration of Sysmon was at work.
-- grain:  time_from
-- reads:  told_fact, log_run, log_bound, host_span
-- needs:  host_span; told_fact
-- rule:   event 16 says that the configuration was changed, and by its hash to which; so between two of them, in a log
--         without a gap, it stood still. What `sysmon -c` prints, and a file whose hash the registry has, is at work
--         when it is taken. Two that contradict each other say nothing. A change made in the registry alone is written
--         nowhere.

WITH told AS (
    SELECT
        kind,
        source,
        moment,
        value,
        lower(CASE WHEN kind = 'sysmon_configured' THEN value ELSE subject END) AS hash,
        cite,
        observation
    FROM told_fact
    WHERE kind IN ('sysmon_rules', 'sysmon_rules_file', 'sysmon_configured')
),

begun AS (
    SELECT moment, max(hash) AS hash, count(hash) > 0 AS is_change
    FROM (
        SELECT moment, hash FROM told WHERE kind = 'sysmon_configured' AND source = 'sysmon_16'
        UNION ALL
        -- what a record states may lie before the time at which it was written
        SELECT CASE WHEN r.first = b.first THEN b.time_from ELSE r.time_from END, NULL
        FROM log_run AS r
        INNER JOIN log_bound AS b ON r.log = b.log
        WHERE r.log = 'Microsoft-Windows-Sysmon/Operational'
        UNION ALL
        -- without numbers nothing says since when
        SELECT t.moment, NULL
        FROM told AS t
        ANTI JOIN log_run AS r ON r.log = 'Microsoft-Windows-Sysmon/Operational'
        WHERE t.kind = 'sysmon_rules'
    )
    WHERE moment IS NOT NULL
    GROUP BY moment
),

span AS (
    SELECT b.moment, b.hash, coalesce(lead(b.moment) OVER (ORDER BY b.moment), h.time_to + INTERVAL 1 MICROSECOND) AS time_to
    FROM begun AS b
    CROSS JOIN host_span AS h
),

-- by the hash that event 16 says, or by what is at work in that time
known AS (
    SELECT
        s.moment,
        t.value AS rules,
        format('event 16 of {} names it by its hash', said(s.moment)) AS words,
        t.cite,
        t.observation
    FROM span AS s
    INNER JOIN told AS t ON s.hash = t.hash AND t.kind <> 'sysmon_configured'
    UNION ALL
    SELECT s.moment, t.value, format('`sysmon -c` printed it at {}', said(t.moment)), t.cite, t.observation
    FROM told AS t
    ASOF INNER JOIN span AS s ON t.moment >= s.moment
    WHERE t.kind = 'sysmon_rules' AND (s.hash IS NULL OR t.hash IS NULL OR s.hash = t.hash)
    UNION ALL
    SELECT s.moment, f.value, format('the registry names it by its hash at {}', said(t.moment)), f.cite, f.observation
    FROM told AS t
    INNER JOIN told AS f ON t.hash = f.hash AND f.kind <> 'sysmon_configured'
    ASOF INNER JOIN span AS s ON t.moment >= s.moment
    WHERE t.kind = 'sysmon_configured' AND t.source <> 'sysmon_16' AND (s.hash IS NULL OR s.hash = t.hash)
),

agreed AS (
    SELECT
        moment,
        min(rules) AS rules,
        min_by(words, observation) AS words,
        min_by(cite, observation) AS cite
    FROM known
    GROUP BY moment
    HAVING count(DISTINCT rules) = 1
),

final AS (
    SELECT
        s.moment AS time_from,
        s.time_to,
        row_number() OVER (ORDER BY s.moment) AS ruled,
        a.rules,
        format('its configuration at work from {} on ({})', said(s.moment), a.words) AS words,
        a.cite,
        -- the fields that it asks for: of others no value needs to be told apart
        list_sort(list_distinct(regexp_extract_all(lower(a.rules), '"field":"(\w+)"', 1))) AS fields
    FROM span AS s
    INNER JOIN agreed AS a ON s.moment = a.moment
)

SELECT * FROM final
ORDER BY time_from
