-- asker: the processes that asked for names and were told addresses.
-- grain:  asker (number)
-- reads:  answered
-- needs:  answered

WITH final AS (
    SELECT
        row_number() OVER (ORDER BY process) AS asker,
        process
    FROM (SELECT DISTINCT process FROM answered WHERE process IS NOT NULL)
)

SELECT * FROM final
ORDER BY asker
