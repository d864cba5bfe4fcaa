-- latest: the state of each kind of record where its records, or else its evidence, end.
-- grain:  host, source
-- reads:  coverage
-- rule:   behind the copy of a log nothing is known; the state before that counts.

SELECT
    host,
    source,
    coalesce(max_by(state, time_from) FILTER (WHERE state NOT IN ('not_collected', 'asleep')), 'not_collected') AS state
FROM coverage
GROUP BY host, source
ORDER BY host, source
