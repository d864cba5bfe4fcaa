-- summary_hosts: each host, the time its records span, and how much was reconstructed.
-- grain:  host
-- reads:  coverage, story, lookup, process

WITH spanned AS (
    SELECT host, min(first) AS first, max(last) AS last, CAST(sum(records) AS BIGINT) AS records
    FROM coverage
    GROUP BY host
),

connected AS (
    SELECT
        host,
        count(*) AS connections,
        count(*) FILTER (WHERE direction = 'outbound') AS outbound,
        count(*) FILTER (WHERE direction = 'inbound') AS inbound,
        count(*) FILTER (WHERE direction = 'local') AS local,
        count(*) FILTER (WHERE direction = 'unknown') AS unknown
    FROM story
    GROUP BY host
),

asked AS (
    SELECT host, count(*) AS lookups
    FROM lookup
    GROUP BY host
),

started AS (
    SELECT host, count(*) AS processes
    FROM process
    GROUP BY host
),

final AS (
    SELECT
        s.host,
        s.first,
        s.last,
        s.records,
        coalesce(c.connections, 0) AS connections,
        coalesce(c.outbound, 0) AS outbound,
        coalesce(c.inbound, 0) AS inbound,
        coalesce(c.local, 0) AS local,
        coalesce(c.unknown, 0) AS unknown,
        coalesce(a.lookups, 0) AS lookups,
        coalesce(p.processes, 0) AS processes
    FROM spanned AS s
    LEFT JOIN connected AS c ON s.host = c.host
    LEFT JOIN asked AS a ON s.host = a.host
    LEFT JOIN started AS p ON s.host = p.host
)

SELECT * FROM final
ORDER BY host
