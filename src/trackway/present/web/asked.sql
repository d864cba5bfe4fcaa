-- asked: the look-ups that a question found, each with the value that getvariable('grouping') groups them by.
-- grain:  lookup
-- reads:  kept (numbers of look-ups), lookup, process
-- note:   what look-ups do not have, as a port, does not group them: is_grouped is false. The time is null where
--         no record states the moment: a resolver's cache tells only since when at most.

SELECT
    CASE WHEN l.time_reason IS NULL THEN CAST(epoch_us(l.time_from) AS DOUBLE) END AS time_from,
    getvariable('grouping') IN ('process', 'destination', 'name', 'user', 'host') AS is_grouped,
    CASE getvariable('grouping')
        WHEN 'process' THEN coalesce(p.program, 'unknown process')
        WHEN 'destination' THEN l.name
        WHEN 'name' THEN l.name
        WHEN 'user' THEN p.user
        WHEN 'host' THEN l.host
    END AS value
FROM lookup AS l
SEMI JOIN kept AS k ON l.number = k.number
LEFT JOIN process AS p ON l.process = p.process
