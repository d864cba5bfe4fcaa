-- halt: when the service by which a kind of record lives was stopped.
-- grain:  source, time_from
-- reads:  told_fact, kind, heard, host_span, service_source
-- needs:  host_span; kind; told_fact
-- rule:   from its stop, or from the start of a host on which it is disabled, until it runs, the host starts, or a
--         record of its own, more than five seconds later, shows that it ran again.
--         3008 is written by the process that asks, and the firewall's service stops with the filtering engine, by a
--         record of its own: neither needs one here.

WITH lived AS (
    SELECT s.service, k.source
    FROM service_source AS s
    INNER JOIN kind AS k ON regexp_matches(k.source, s.pattern)
),

woken AS (
    SELECT DISTINCT moment
    FROM told_fact
    WHERE kind IN ('boot', 'log_started')
),

halted AS (
    SELECT
        subject AS service,
        moment,
        format('the service {} was stopped at {}', subject, said(moment)) AS reason,
        cite
    FROM told_fact
    WHERE kind = 'service_state' AND value = 'stopped'
    UNION ALL
    SELECT
        s.service,
        w.moment,
        format('the service {} was disabled at {} when the host started at {}', s.service, said(d.moment), said(w.moment)),
        d.cite
    FROM woken AS w
    CROSS JOIN service_source AS s
    ASOF INNER JOIN (SELECT * FROM told_fact WHERE kind = 'service_start') AS d
        ON s.service = d.subject AND w.moment > d.moment
    WHERE d.value = 'disabled'
),

shown AS (
    SELECT subject AS service, moment
    FROM told_fact
    WHERE kind = 'service_state' AND value = 'running'
    UNION ALL
    SELECT s.service, w.moment
    FROM woken AS w
    CROSS JOIN service_source AS s
    UNION ALL
    SELECT l.service, h.moment - INTERVAL 5 SECONDS
    FROM heard AS h
    INNER JOIN lived AS l ON h.source = l.source
    WHERE l.service IN (SELECT service FROM halted)
),

spanned AS (
    SELECT h.*, s.moment AS again
    FROM halted AS h
    ASOF LEFT JOIN (SELECT DISTINCT * FROM shown) AS s ON h.service = s.service AND h.moment < s.moment
),

final AS (
    SELECT DISTINCT ON (l.source, coalesce(s.again, h.time_to))
        l.source,
        s.moment + INTERVAL 1 MICROSECOND AS time_from,
        coalesce(s.again, h.time_to + INTERVAL 1 MICROSECOND) AS time_to,
        s.reason,
        s.cite
    FROM spanned AS s
    INNER JOIN lived AS l ON s.service = l.service
    CROSS JOIN host_span AS h
    ORDER BY l.source, coalesce(s.again, h.time_to), s.moment, s.cite, s.reason
)

SELECT * FROM final
ORDER BY source, time_from
