-- story_beginning: the first stories whose identifier begins with a text.
-- grain:  story
-- reads:  story

SELECT DISTINCT story
FROM story
WHERE starts_with(story, $1)
ORDER BY story
LIMIT 3
