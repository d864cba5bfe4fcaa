-- compared: what one side has and the other has not, by process and destination.
-- grain:  process, destination, port
-- reads:  side (a host or a case each, named `left` or `right`)
-- note:   `rows` counts also those that the limit leaves out.

WITH final AS (
    SELECT
        process,
        destination,
        port,
        CAST(coalesce(sum(stories) FILTER (WHERE side = 'left'), 0) AS BIGINT) AS left_stories,
        CAST(coalesce(sum(stories) FILTER (WHERE side = 'right'), 0) AS BIGINT) AS right_stories,
        min(first) FILTER (WHERE side = 'left') AS left_first,
        min(first) FILTER (WHERE side = 'right') AS right_first,
        max(marks) AS marks
    FROM side
    GROUP BY process, destination, port
)

SELECT *, count(*) OVER () AS rows FROM final
ORDER BY
    left_stories > 0 AND right_stories > 0, marks DESC, left_stories + right_stories DESC, process, destination, port
LIMIT getvariable('most')
