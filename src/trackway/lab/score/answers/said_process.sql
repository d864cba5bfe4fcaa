-- said_process: what another tool says about who did it.
-- grain:  kind, answer
-- reads:  connection_answer, lookup_answer

WITH said AS (
    SELECT 'connection' AS kind, answer, process FROM connection_answer
    UNION ALL
    SELECT 'lookup', answer, process FROM lookup_answer
),

final AS (
    SELECT kind, answer, process.pid, process.started, process.image, process.confidence, process.basis
    FROM said
)

SELECT * FROM final
ORDER BY kind, answer
