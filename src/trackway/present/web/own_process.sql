-- own_process: the processes that these stories and their look-ups name, and all their ancestors.
-- grain:  process
-- reads:  own_story, own_lookup, process

WITH named AS (
    SELECT process FROM story
    UNION
    SELECT requester.process FROM story
    UNION
    SELECT unnest(list_transform(process_candidates, LAMBDA c: c.process)) FROM story
    UNION
    SELECT process FROM lookup
),

above AS (
    SELECT unnest(list_prepend(parent, ancestors)) AS process
    FROM memory.main.process
    WHERE process IN (SELECT process FROM named)
),

wanted AS (
    SELECT process FROM named
    UNION
    SELECT process FROM above
)

SELECT *
FROM memory.main.process
WHERE process IN (SELECT process FROM wanted)
ORDER BY process
