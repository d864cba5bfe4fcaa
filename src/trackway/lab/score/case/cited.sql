-- cited: the records that each thing found in a case rests on.
-- grain:  answer, place
-- reads:  story, lookup, process, script

WITH named AS (
    SELECT 'connection' AS kind, story AS answer, host, unnest(evidence) AS e FROM story
    UNION ALL
    SELECT 'lookup', lookup, host, unnest(evidence) FROM lookup
    UNION ALL
    SELECT 'process', process, host, unnest(evidence) FROM process
    UNION ALL
    SELECT 'script', script, host, unnest(evidence) FROM script
),

final AS (
    SELECT DISTINCT kind, answer, short_host(host) AS host, place_of(e.file, e.line, e.record) AS place
    FROM named
)

SELECT * FROM final
ORDER BY answer, place
