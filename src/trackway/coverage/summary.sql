-- summary: each source of each host: what its first witness was, its records, and how fast its log fills.
-- grain:  host, source
-- reads:  coverage, host_fact, file
-- rule:   the states of a source are those of the kind that answers questions, or else of the one with most records.
--         A log that is here shows by its own size how many bytes an hour stand in it, whatever they are; a small one,
--         one of many hosts or an export shows nothing.

WITH owned AS (
    SELECT unnest(getvariable('kinds')) AS kind, unnest(getvariable('names')) AS name
),

told AS (
    SELECT
        c.*,
        o.name,
        (epoch_us(c.time_to) - epoch_us(c.time_from)) / 3.6e9 AS hours
    FROM coverage AS c
    INNER JOIN owned AS o ON c.source = o.kind
),

led AS (
    SELECT host, name, source
    FROM (SELECT host, name, source, sum(records) AS records FROM told GROUP BY host, name, source)
    QUALIFY
        row_number() OVER (
            PARTITION BY host, name
            ORDER BY list_contains(getvariable('asked'), source) DESC, records DESC, source
        ) = 1
),

shared AS (
    SELECT t.host, t.name, t.state, sum(t.hours) AS hours
    FROM told AS t
    INNER JOIN led USING (host, name, source)
    GROUP BY t.host, t.name, t.state
),

stated AS (
    SELECT
        host,
        name,
        list({'state': state, 'hours': hours} ORDER BY hours DESC, state) AS states,
        sum(hours) FILTER (WHERE state IN ('on', 'filtered')) AS awake
    FROM shared
    GROUP BY host, name
),

sized AS (
    SELECT host, max(try_cast(json_extract_string(value, '$.max_size') AS BIGINT)) AS size, subject
    FROM host_fact
    WHERE kind = 'channel' AND json_valid(value)
    GROUP BY host, subject
),

-- by the sizes of the files in which the records stand
filled AS (
    SELECT host, name, sum(size) / ((epoch_us(max(last)) - epoch_us(min(first))) / 3.6e9) AS bytes_an_hour
    FROM (
        SELECT t.host, t.name, f.file, f.size, min(t.first) AS first, max(t.last) AS last
        FROM (SELECT host, name, first, last, unnest(evidence) AS cite FROM told) AS t
        INNER JOIN file AS f ON t.cite.file = f.file
        WHERE f.kind IN ('evtx', 'firewall_log') AND len(f.hosts) = 1 AND f.size >= 1048576
        GROUP BY t.host, t.name, f.file, f.size
    )
    GROUP BY host, name
    HAVING epoch_us(max(last)) - epoch_us(min(first)) >= 60000000
),

counted AS (
    SELECT host, name, min(first) AS first, max(last) AS last, CAST(sum(records) AS BIGINT) AS records
    FROM told
    GROUP BY host, name
),

final AS (
    SELECT
        c.host,
        c.name,
        l.source AS kind,
        s.states,
        c.first,
        c.last,
        c.records,
        -- a minute tells no rate
        CASE WHEN s.awake >= 1 / 60 THEN c.records / s.awake END AS hourly,
        f.bytes_an_hour,
        z.size
    FROM counted AS c
    INNER JOIN led AS l ON c.host = l.host AND c.name = l.name
    INNER JOIN stated AS s ON c.host = s.host AND c.name = s.name
    LEFT JOIN filled AS f ON c.host = f.host AND c.name = f.name
    LEFT JOIN sized AS z ON c.host = z.host AND z.subject = CASE
        WHEN c.name LIKE 'security%' THEN 'Security'
        WHEN c.name LIKE 'sysmon%' THEN 'Microsoft-Windows-Sysmon/Operational'
        WHEN c.name LIKE 'system%' OR c.name = 'service_states' THEN 'System'
        WHEN c.name = 'dns_client' THEN 'Microsoft-Windows-DNS-Client/Operational'
        WHEN c.name = 'powershell' THEN 'Microsoft-Windows-PowerShell/Operational'
    END
)

SELECT * FROM final
ORDER BY host, name
