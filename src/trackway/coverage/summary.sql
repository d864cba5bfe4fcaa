-- summary: each source of each host: its states, its records and the hours in which it was on.
-- grain:  host, source
-- reads:  coverage, host_fact
-- rule:   the states of a source are those of its kinds, the longest first.

WITH owned AS (
    SELECT unnest(getvariable('kinds')) AS kind, unnest(getvariable('names')) AS name
),

told AS (
    SELECT c.host, o.name, c.state, c.first, c.last, c.records, epoch(c.time_to - c.time_from) / 3600 AS hours
    FROM coverage AS c
    INNER JOIN owned AS o ON c.source = o.kind
),

stated AS (
    SELECT host, name, string_agg(state, ', ' ORDER BY hours DESC, state) AS here
    FROM (
        SELECT host, name, state, sum(hours) AS hours
        FROM told
        GROUP BY host, name, state
    )
    GROUP BY host, name
),

sized AS (
    SELECT host, max(try_cast(json_extract_string(value, '$.max_size') AS BIGINT)) AS size, subject
    FROM host_fact
    WHERE kind = 'channel' AND json_valid(value)
    GROUP BY host, subject
),

counted AS (
    SELECT
        host,
        name,
        min(first) AS first,
        max(last) AS last,
        CAST(sum(records) AS BIGINT) AS records,
        epoch(max(last) - min(first)) / 3600 AS hours
    FROM told
    GROUP BY host, name
),

final AS (
    SELECT c.host, c.name, s.here, c.first, c.last, c.records, c.hours, z.size
    FROM counted AS c
    INNER JOIN stated AS s ON c.host = s.host AND c.name = s.name
    LEFT JOIN sized AS z ON c.host = z.host AND z.subject = CASE
        WHEN c.name LIKE 'security%' THEN 'Security'
        WHEN c.name LIKE 'sysmon%' THEN 'Microsoft-Windows-Sysmon/Operational'
        WHEN c.name = 'dns_client' THEN 'Microsoft-Windows-DNS-Client/Operational'
        WHEN c.name = 'powershell' THEN 'Microsoft-Windows-PowerShell/Operational'
    END
)

SELECT * FROM final
ORDER BY host, name
