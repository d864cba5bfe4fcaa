-- scripts: the chosen scripts with their whole text, and who ran them.
-- grain:  script
-- reads:  chosen, script, process

WITH picked AS (
    SELECT c.number, s.*
    FROM script AS s
    INNER JOIN chosen AS c
        ON s.host = c.host AND s.script = c.identifier
    WHERE c.number BETWEEN getvariable('first') AND getvariable('last')
),

final AS (
    SELECT
        s.number,
        s.script,
        s.host,
        s.time_from,
        s.time_to,
        s.kind,
        s.block,
        s.text,
        s.path,
        s.host_application,
        s.parts,
        coalesce(s.missing_parts, []) AS missing_parts,
        process_shape(p, s.process_confidence, s.process_basis, NULL::VARCHAR) AS process,
        coalesce(s.evidence, []) AS evidence
    FROM picked AS s
    LEFT JOIN process AS p ON s.process = p.process
)

SELECT * EXCLUDE (number) FROM final
ORDER BY number
