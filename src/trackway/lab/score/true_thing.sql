-- true_thing: everything that happened, and what kind of thing it is.
-- grain:  about
-- reads:  true_connection, true_lookup, true_process, true_script

WITH final AS (
    SELECT 'connection' AS kind, connection AS about FROM true_connection
    UNION ALL
    SELECT 'lookup', lookup FROM true_lookup
    UNION ALL
    SELECT 'process', process FROM true_process
    UNION ALL
    SELECT 'script', script FROM true_script
)

SELECT * FROM final
ORDER BY about
