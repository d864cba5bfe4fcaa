-- summary_clocks: the clocks that were corrected, or whose offset could not be measured.
-- grain:  host, source, file, kind
-- reads:  clock

SELECT host, source, file, kind, offset_seconds, spread_seconds, support, applied, reason, count(*) OVER () AS groups
FROM clock
WHERE coalesce(applied, false) OR offset_seconds IS NULL OR basis = 'label'
ORDER BY host, kind, source, file, offset_seconds
