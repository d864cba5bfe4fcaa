-- coverage: from when to when each kind of record was on, and what says so.
-- grain:  source, time_from
-- reads:  awake, heard, connection_dated, dns_dated, process_placed, script_observation, script_moment, host_fact, fact_moment
-- needs:  awake
-- rule:   the intervals of a kind cover the time from the first to the last evidence of the host; each holds its
--         beginning and not its end. Records are counted in the interval in which they were written.

WITH counted AS (
    SELECT a.source, a.time_from, min(h.moment) AS first, max(h.moment) AS last, count(*) AS records
    FROM heard AS h
    ASOF INNER JOIN awake AS a ON h.source = a.source AND h.moment >= a.time_from
    GROUP BY a.source, a.time_from
),

marked AS (
    SELECT DISTINCT mark.source AS source, mark.moment AS moment
    FROM (SELECT unnest(marks) AS mark FROM awake)
),

-- of several records of one moment the first of the evidence
placed AS (
    SELECT m.source, m.moment, min({'file': o.file, 'line': o.line, 'record': o.record}) AS place
    FROM marked AS m
    INNER JOIN (
        SELECT source, at_from AS moment, file, line, record FROM connection_dated
        UNION ALL
        SELECT source, at_from, file, line, record FROM dns_dated
        UNION ALL
        SELECT source, time_from, file, line, record FROM process_placed
        UNION ALL
        SELECT source, at_from, file, line, record FROM script_observation POSITIONAL JOIN script_moment
        UNION ALL
        SELECT source, at_from, file, line, record FROM host_fact POSITIONAL JOIN fact_moment
    ) AS o ON m.source = o.source AND m.moment = o.moment
    GROUP BY m.source, m.moment
),

cited AS (
    SELECT
        a.source,
        a.time_from,
        list(
            {'source': a.source, 'file': p.place.file, 'line': p.place.line, 'record': p.place.record} ORDER BY p.moment
        ) AS cites
    FROM (SELECT DISTINCT source, time_from, unnest(marks) AS mark FROM awake) AS a
    INNER JOIN placed AS p ON a.mark.source = p.source AND a.mark.moment = p.moment
    GROUP BY a.source, a.time_from
),

final AS (
    SELECT
        getvariable('host') AS host,
        a.source,
        a.time_from,
        a.time_to,
        a.state,
        a.reason,
        list_concat(coalesce(c.cites, a.cites), a.told) AS evidence,
        n.first,
        n.last,
        coalesce(n.records, 0) AS records
    FROM awake AS a
    LEFT JOIN counted AS n ON a.source = n.source AND a.time_from = n.time_from
    LEFT JOIN cited AS c ON a.source = c.source AND a.time_from = c.time_from
)

SELECT * FROM final
ORDER BY source, time_from
