-- heard_connections: connections that a question is about, with the process where one is known.
-- grain:  story
-- reads:  story, process
-- rule:   a program also connects where a service does it on its behalf. A connection counts by the moment at which
--         it was made, not for as long as it lasts. What came in, and what was blocked or failed, did not connect
--         out. Whether it was the program asked about is null where no record names the process.

SELECT
    s.story AS found,
    s.time_from,
    s.time_to,
    coalesce(regexp_extract(p.image, '[^\\/]*$'), 'PID ' || p.pid)
    || coalesce(' for ' || regexp_extract(r.image, '[^\\/]*$'), '') AS program,
    p.pid,
    s.remote_address || coalesce(':' || s.remote_port, '') AS target,
    is_program(p.image, getvariable('program')) OR coalesce(is_program(r.image, getvariable('program')), false) AS is_it
FROM story AS s
LEFT JOIN process AS p ON s.process = p.process
LEFT JOIN process AS r ON s.requester.process = r.process
WHERE
    s.host = getvariable('host')
    AND s.direction IN ('outbound', 'unknown', 'local')
    AND s.action NOT IN ('blocked', 'failed')
    AND (getvariable('address') IS NULL OR s.remote_address = getvariable('address'))
    AND (getvariable('port') IS NULL OR s.remote_port = getvariable('port'))
    AND s.time_from <= getvariable('until') AND s.time_to >= getvariable('since')
ORDER BY s.time_from, s.story
