-- coverage: from when to when each source wrote about each host.
-- grain:  host, source
-- reads:  coverage

SELECT host, source, first, last, records
FROM coverage
WHERE
    host_wanted(host)
    AND source_wanted([source])
    AND time_wanted(first, last)
    AND (getvariable('contains') IS NULL OR holds([host, source]))
ORDER BY host, source, first
