-- found: everything that was found.
-- grain:  answer
-- reads:  story, lookup, process, script

WITH final AS (
    SELECT 'connection' AS kind, story AS answer FROM story
    UNION ALL
    SELECT 'lookup', lookup FROM lookup
    UNION ALL
    SELECT 'process', process FROM process WHERE started_basis = 'recorded'
    UNION ALL
    SELECT 'script', script FROM script
)

SELECT * FROM final
ORDER BY kind, answer
