-- heard_starts: starts of a program that a question is about, with what started it.
-- grain:  process
-- reads:  process

SELECT
    c.process AS found,
    c.started AS time_from,
    c.started_to AS time_to,
    coalesce(regexp_extract(p.image, '[^\\/]*$'), 'PID ' || p.pid, 'a process that no record names') AS program,
    p.pid,
    coalesce(c.image, 'PID ' || c.pid) AS target,
    is_program(c.image, getvariable('program')) AS is_it
FROM process AS c
LEFT JOIN process AS p ON c.parent = p.process
WHERE
    c.host = getvariable('host')
    AND is_program(c.image, getvariable('program')) IS NOT FALSE
    AND c.started <= getvariable('until') AND c.started_to >= getvariable('since')
ORDER BY c.started, c.process
