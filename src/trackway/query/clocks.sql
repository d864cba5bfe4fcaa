-- clocks: the offsets between clocks, measured or taken on trust.
-- grain:  host, source, file, kind
-- reads:  clock

SELECT host, source, file, kind, offset_seconds, spread_seconds, support, basis, applied, reason
FROM clock
WHERE
    host_wanted(host)
    AND source_wanted(string_split(source, ', '))
    AND (getvariable('contains') IS NULL OR holds([host, source, file, kind, basis]))
ORDER BY host, kind, source, file, offset_seconds, reason
