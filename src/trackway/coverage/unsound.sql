-- unsound: files of a witness whose time zone nobody could measure.
-- grain:  file
-- reads:  clock, coverage

SELECT DISTINCT c.file
FROM clock AS c
INNER JOIN (
    SELECT unnest(evidence).file AS file
    FROM coverage
    WHERE host = getvariable('host') AND source = getvariable('source')
) AS e ON c.file = e.file
WHERE c.host = getvariable('host') AND c.basis = 'label'
ORDER BY c.file
