-- witnesses: the state of each kind of record that could have told, in the time that a question is about.
-- grain:  source, time_from
-- reads:  coverage

SELECT source, state, time_from, time_to, reason, evidence
FROM coverage
WHERE
    host = getvariable('host')
    AND source IN (SELECT unnest(getvariable('sources')))
    AND time_from <= getvariable('until') AND time_to > getvariable('since')
ORDER BY source, time_from
