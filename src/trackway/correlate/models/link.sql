-- link: every link between entities, as schema.LINK.
-- grain:  kind, subject, object
-- reads:  owner, story_id, lookup_id, script, process, connection_name, requester
-- needs:  owner or process or story_id

WITH said AS (
    SELECT 'connection_process' AS kind, s.id AS subject, o.process AS object, o.basis, o.confidence, 1 AS rank, o.reason
    FROM owner AS o
    INNER JOIN story_id AS s ON o.kind = 'connection' AND o.number = s.connection
    UNION ALL
    SELECT 'lookup_process', l.id, o.process, o.basis, o.confidence, 1, o.reason
    FROM owner AS o
    INNER JOIN lookup_id AS l ON o.kind = 'lookup' AND o.number = l.lookup
    UNION ALL
    SELECT 'process_script', o.process, s.script, o.basis, o.confidence, 1, o.reason
    FROM owner AS o
    INNER JOIN script AS s ON o.kind = 'script' AND o.number = s.number
    UNION ALL
    SELECT 'process_parent', process, parent, parent_basis, parent_confidence, 1, parent_reason
    FROM process
    WHERE parent IS NOT NULL
    UNION ALL
    SELECT 'connection_lookup', s.id, l.id, n.basis, n.confidence, n.rank, n.reason
    FROM connection_name AS n
    INNER JOIN story_id AS s ON n.connection = s.connection
    INNER JOIN lookup_id AS l ON n.lookup = l.lookup
    UNION ALL
    SELECT 'connection_requester', s.id, r.process, r.basis, r.confidence, 1, r.reason
    FROM requester AS r
    INNER JOIN story_id AS s ON r.connection = s.connection
),

final AS (
    SELECT
        getvariable('host') AS host,
        *
    FROM said
)

SELECT * FROM final
ORDER BY kind, subject, rank, object
