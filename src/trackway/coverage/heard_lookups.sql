-- heard_lookups: look-ups of a name that a question is about.
-- grain:  lookup
-- reads:  lookup, process

SELECT
    l.lookup AS found,
    l.time_from,
    coalesce(regexp_extract(p.image, '[^\\/]*$'), 'PID ' || p.pid) AS program,
    p.pid,
    l.name AS target,
    is_program(p.image, getvariable('program')) AS is_it
FROM lookup AS l
LEFT JOIN process AS p ON l.process = p.process
WHERE
    l.host = getvariable('host')
    AND lower(rtrim(l.name, '.')) = getvariable('name')
    AND l.time_from <= getvariable('until') AND l.time_to >= getvariable('since')
ORDER BY l.time_from, l.lookup
