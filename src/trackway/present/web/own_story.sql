-- own_story: the stories asked for, whole.
-- grain:  story
-- reads:  story
-- note:   the times let DuckDB leave out the row groups that cannot hold them.

SELECT *
FROM memory.main.story
WHERE
    list_contains(getvariable('identifiers'), story)
    AND time_from BETWEEN make_timestamptz(getvariable('first')) AND make_timestamptz(getvariable('last'))
ORDER BY story
