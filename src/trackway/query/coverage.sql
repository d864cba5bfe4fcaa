-- coverage: from when to when each kind of record was on about each host, and what says so.
-- grain:  host, source, time_from
-- reads:  coverage

SELECT host, source, time_from, time_to, state, reason, first, last, records, evidence
FROM coverage
WHERE
    host_wanted(host)
    AND source_wanted([source])
    AND time_wanted(time_from, time_to)
    AND (getvariable('contains') IS NULL OR holds([host, source, state, reason]))
ORDER BY host, source, time_from
