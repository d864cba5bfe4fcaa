-- cited: the records that each answer of another tool rests on.
-- grain:  answer, place
-- reads:  connection_answer, lookup_answer

WITH named AS (
    SELECT 'connection' AS kind, answer, host, unnest(evidence) AS e FROM connection_answer
    UNION ALL
    SELECT 'lookup', answer, host, unnest(evidence) FROM lookup_answer
),

final AS (
    SELECT DISTINCT kind, answer, short_host(host) AS host, place_of(e.file, e.line, e.record) AS place
    FROM named
)

SELECT * FROM final
ORDER BY answer, place
