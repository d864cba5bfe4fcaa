-- process_holding: the processes that hold the text asked for, or descend from one that does.
-- grain:  process
-- reads:  process
-- rule:   a story is shown with the ancestors of its process, so their texts are texts of the story.

WITH holding AS (
    SELECT process
    FROM process
    WHERE
        getvariable('contains') IS NOT NULL
        AND holds([process, image, command_line, user, guid, service, CAST(pid AS VARCHAR)])
),

descending AS (
    SELECT p.process
    FROM (
        SELECT process, unnest(ancestors) AS ancestor
        FROM process
        WHERE getvariable('contains') IS NOT NULL
    ) AS p
    INNER JOIN holding AS h ON p.ancestor = h.process
),

final AS (
    SELECT process FROM holding
    UNION
    SELECT process FROM descending
)

SELECT * FROM final
ORDER BY process
