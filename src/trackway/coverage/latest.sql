-- latest: the state of each kind of record where its records, or else its evidence, end.
-- grain:  host, source
-- reads:  coverage
-- rule:   behind its last record, or the copy of its log, nothing is known; the last state that is known counts.

SELECT
    host,
    source,
    coalesce(max_by(state, time_from) FILTER (WHERE state NOT IN ('not_collected', 'asleep', 'unknown')), 'not_collected')
        AS state
FROM coverage
GROUP BY host, source
ORDER BY host, source
