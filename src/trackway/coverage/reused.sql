-- reused: the last connection to what a question is about that was made before the time that it is about.
-- grain:  one row at most
-- reads:  story, process

SELECT s.time_from, s.remote_address || ':' || s.remote_port AS target
FROM story AS s
LEFT JOIN process AS p ON s.process = p.process
WHERE
    s.host = getvariable('host')
    AND s.direction IN ('outbound', 'unknown')
    AND s.action NOT IN ('blocked', 'failed')
    AND s.remote_address = getvariable('address')
    AND (getvariable('port') IS NULL OR s.remote_port = getvariable('port'))
    AND is_program(p.image, getvariable('program')) IS NOT FALSE
    AND s.time_from < getvariable('since')
    AND s.time_from >= getvariable('since') - INTERVAL 1 DAY
ORDER BY s.time_from DESC, s.story
LIMIT 1
