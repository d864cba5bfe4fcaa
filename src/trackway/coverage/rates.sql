-- rates: what each host did in an hour: connections, look-ups, process starts, script blocks.
-- grain:  host
-- reads:  story, lookup, process, script, coverage
-- rule:   each is counted over the hours in which the host's best witness of it was on; a witness that was not on
--         tells no rate, so it is null.

WITH awake AS (
    SELECT host, source, sum(records) AS records, sum(epoch(time_to - time_from)) / 3600 AS hours
    FROM coverage
    WHERE state IN ('on', 'filtered')
    GROUP BY host, source
    HAVING sum(epoch(time_to - time_from)) >= 60
),

rated AS (
    SELECT host, source, records / hours AS hourly
    FROM awake
),

final AS (
    SELECT
        host,
        max(hourly) FILTER (WHERE source IN ('security_5156', 'sysmon_3', 'firewall_log')) AS connections,
        max(hourly) FILTER (WHERE source IN ('dns_client_3008', 'sysmon_22')) AS lookups,
        max(hourly) FILTER (WHERE source IN ('security_4688', 'sysmon_1')) AS starts,
        max(hourly) FILTER (WHERE source = 'powershell_4104') AS blocks
    FROM rated
    GROUP BY host
)

SELECT * FROM final
ORDER BY host
