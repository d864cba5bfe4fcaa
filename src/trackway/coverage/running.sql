-- running: programs that go past a witness, and that ran in the time that a question is about.
-- grain:  program
-- reads:  process
-- rule:   a process of which nothing tells the end may have run on; one whose start nothing tells had begun before.

SELECT DISTINCT regexp_extract(lower(image), '[^\\/]*$') AS program
FROM process
WHERE
    host = getvariable('host')
    AND list_contains(getvariable('names'), regexp_extract(lower(image), '[^\\/]*$'))
    AND (started IS NULL OR started <= getvariable('until'))
    AND (ended IS NULL OR ended >= getvariable('since'))
ORDER BY program
