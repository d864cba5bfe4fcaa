-- heard_lookups: look-ups of a name that a question is about, and connections that asked for it themselves.
-- grain:  lookup; or story, where a proxy or the other end was asked for the name on the wire
-- reads:  lookup, story, process

WITH asked AS (
    SELECT lookup AS found, time_from, time_to, process, name
    FROM lookup
    WHERE host = getvariable('host')
    UNION ALL
    SELECT story, time_from, time_to, process, told.name
    FROM (SELECT story, time_from, time_to, process, unnest(names) AS told FROM story WHERE host = getvariable('host'))
    WHERE told.lookup IS NULL
)

SELECT
    a.found,
    a.time_from,
    a.time_to,
    coalesce(regexp_extract(p.image, '[^\\/]*$'), 'PID ' || p.pid) AS program,
    p.pid,
    a.name AS target,
    is_program(p.image, getvariable('program')) AS is_it
FROM asked AS a
LEFT JOIN process AS p ON a.process = p.process
WHERE
    lower(rtrim(a.name, '.')) = getvariable('name')
    AND a.time_from <= getvariable('until') AND a.time_to >= getvariable('since')
ORDER BY a.time_from, a.found
