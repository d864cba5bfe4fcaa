-- proxied: the proxies to which a host had connections in the time that a question is about.
-- grain:  address, port
-- reads:  story

SELECT remote_address AS address, remote_port AS port, count(*) AS connections
FROM story
WHERE
    host = getvariable('host')
    AND direction = 'outbound'
    AND (remote_port IN (1080, 3128, 8080, 9050) OR list_contains(sources, 'proxy'))
    AND time_from <= getvariable('until') AND time_to >= getvariable('since')
GROUP BY remote_address, remote_port
ORDER BY connections DESC, address, port
LIMIT 3
