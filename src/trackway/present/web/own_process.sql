-- own_process: where the processes stand that these stories and their look-ups name, and all their ancestors.
-- grain:  process
-- reads:  own story, own lookup, held.process

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
    FROM held.process
    WHERE process IN (SELECT process FROM named)
),

wanted AS (
    SELECT process FROM named
    UNION
    SELECT process FROM above
)

SELECT
    filename,
    file_row_number
FROM held.process
WHERE process IN (SELECT process FROM wanted)
ORDER BY filename, file_row_number
