-- said_process: what a case says about who did it.
-- grain:  kind, answer
-- reads:  story, lookup, process, script

WITH said AS (
    SELECT 'connection' AS kind, story AS answer, process, process_confidence AS confidence, process_basis AS basis
    FROM story
    UNION ALL
    SELECT 'lookup', lookup, process, process_confidence, process_basis
    FROM lookup
    UNION ALL
    SELECT 'script', script, process, process_confidence, process_basis
    FROM script
    UNION ALL
    SELECT 'parent', process, parent, parent_confidence, parent_basis
    FROM process
    UNION ALL
    SELECT 'requester', story, requester.process, requester.confidence, requester.basis
    FROM story
    WHERE requester IS NOT NULL
),

final AS (
    SELECT s.kind, s.answer, p.pid, p.started, p.image, s.confidence, s.basis
    FROM said AS s
    LEFT JOIN process AS p ON s.process = p.process
)

SELECT * FROM final
ORDER BY kind, answer
