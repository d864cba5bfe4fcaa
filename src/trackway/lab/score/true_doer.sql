-- true_doer: who really did each thing.
-- grain:  kind, about
-- reads:  true_connection, true_lookup, true_script, true_process

WITH final AS (
    SELECT 'connection' AS kind, connection AS about, process FROM true_connection
    UNION ALL
    SELECT 'requester', connection, requester FROM true_connection WHERE requester IS NOT NULL
    UNION ALL
    SELECT 'lookup', lookup, process FROM true_lookup
    UNION ALL
    SELECT 'script', script, process FROM true_script
    UNION ALL
    SELECT 'parent', process, parent FROM true_process WHERE parent IS NOT NULL
)

SELECT * FROM final
ORDER BY kind, about
