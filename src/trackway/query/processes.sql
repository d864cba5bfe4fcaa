-- processes: the chosen process instances, each with its parent.
-- grain:  process
-- reads:  chosen, process

WITH picked AS (
    SELECT c.number, p.*
    FROM process AS p
    INNER JOIN chosen AS c ON p.host = c.host AND p.process = c.identifier
    WHERE c.number BETWEEN getvariable('first') AND getvariable('last')
),

final AS (
    SELECT
        c.number,
        c.process,
        c.host,
        c.pid,
        c.image,
        c.command_line,
        c.user,
        c.started,
        c.started_basis,
        c.ended,
        c.guid,
        c.service,
        c.integrity,
        c.session,
        c.logon_id,
        c."hashes",
        process_shape(p, c.parent_confidence, c.parent_basis, c.parent_reason) AS parent,
        coalesce(c.ancestors, []) AS ancestors,
        coalesce(c.evidence, []) AS evidence
    FROM picked AS c
    LEFT JOIN process AS p ON c.parent = p.process
)

SELECT * EXCLUDE (number) FROM final
ORDER BY number
