-- claim: all that is known of when a kind was on, by place; the higher one is believed.
-- grain:  source, place, time_from
-- reads:  claim_edge, claim_seen, claim_told, claim_lost, host_span
-- needs:  host_span
-- rule:   1 nothing, 2 before and behind the log, 3 inside it, 5 its records, 6 their silence, 7 policies,
--         8 Sysmon's configuration, 9 steps of the clock, 10 its service stopped, 11 no log service, 12 asleep, 13 lost,
--         14 cleared. Of one place none overlap.

WITH every AS (
    SELECT source, place, time_from, time_to, state, reason, cites, [] AS marks
    FROM claim_edge
    UNION ALL
    SELECT source, place, time_from, time_to, state, reason, [], marks
    FROM claim_seen
    UNION ALL
    SELECT source, place, time_from, time_to, state, reason, cites, []
    FROM claim_told
    UNION ALL
    SELECT source, place, time_from, time_to, state, reason, cites, []
    FROM claim_lost
),

final AS (
    SELECT DISTINCT ON (e.source, e.place, greatest(e.time_from, h.time_from))
        e.source,
        e.place,
        greatest(e.time_from, h.time_from) AS time_from,
        least(e.time_to, h.time_to + INTERVAL 1 MICROSECOND) AS time_to,
        e.state,
        e.reason,
        e.cites,
        e.marks
    FROM every AS e
    CROSS JOIN host_span AS h
    WHERE e.time_from < e.time_to AND e.time_from <= h.time_to AND e.time_to > h.time_from
    ORDER BY e.source, e.place, greatest(e.time_from, h.time_from), e.time_to DESC, e.state, e.reason
)

SELECT * FROM final
ORDER BY source, place, time_from
