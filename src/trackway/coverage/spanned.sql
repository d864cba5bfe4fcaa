-- spanned: from the first to the last evidence of a host.
-- grain:  one row
-- reads:  coverage

SELECT min(time_from) AS time_from, max(time_to) AS time_to
FROM coverage
WHERE host = getvariable('host')
