-- own_story: where the stories stand that were asked for.
-- grain:  story
-- reads:  held.story

SELECT
    filename,
    file_row_number
FROM held.story
WHERE list_contains(getvariable('identifiers'), story)
ORDER BY filename, file_row_number
