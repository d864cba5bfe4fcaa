-- said_connection: the connections that a case holds.
-- grain:  answer
-- reads:  story

WITH final AS (
    SELECT story AS answer
    FROM story
)

SELECT * FROM final
ORDER BY answer
