-- found: everything that another tool found.
-- grain:  answer
-- reads:  connection_answer, lookup_answer

WITH final AS (
    SELECT 'connection' AS kind, answer FROM connection_answer
    UNION ALL
    SELECT 'lookup', answer FROM lookup_answer
)

SELECT * FROM final
ORDER BY kind, answer
