-- lookups: the chosen look-ups, who asked, and the connections that used the answer.
-- grain:  lookup
-- reads:  chosen, lookup, process, link

WITH picked AS (
    SELECT c.number, l.*
    FROM lookup AS l
    INNER JOIN chosen AS c
        ON l.host = c.host AND l.time_from = c.time_from AND l.lookup = c.identifier
    WHERE c.number BETWEEN getvariable('first') AND getvariable('last')
),

used AS (
    SELECT p.number, list(k.subject ORDER BY k.subject) AS connections
    FROM link AS k
    INNER JOIN picked AS p ON k.host = p.host AND k.object = p.lookup
    WHERE k.kind = 'connection_lookup'
    GROUP BY p.number
),

final AS (
    SELECT
        l.number,
        l.lookup,
        l.host,
        l.time_from,
        l.time_to,
        l.name,
        l.query_type,
        l.status,
        l.status_text,
        coalesce(l.addresses, []) AS addresses,
        coalesce(l.cnames, []) AS cnames,
        l.answered_from,
        coalesce(l.servers, []) AS servers,
        process_shape(p, l.process_confidence, l.process_basis, l.process_reason) AS process,
        coalesce(u.connections, []) AS connections,
        l.time_reason,
        coalesce(l.sources, []) AS sources,
        coalesce(l.evidence, []) AS evidence
    FROM picked AS l
    LEFT JOIN process AS p ON l.process = p.process
    LEFT JOIN used AS u ON l.number = u.number
)

SELECT * EXCLUDE (number) FROM final
ORDER BY number
