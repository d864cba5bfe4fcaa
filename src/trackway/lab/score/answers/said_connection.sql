-- said_connection: the connections that another tool found.
-- grain:  answer
-- reads:  connection_answer

WITH final AS (
    SELECT answer
    FROM connection_answer
)

SELECT * FROM final
ORDER BY answer
