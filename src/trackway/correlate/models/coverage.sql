-- coverage: what each source gave of this host, and from when to when.
-- grain:  source
-- reads:  connection_dated, dns_placed, process_placed, script_observation, script_moment, host_fact, fact_moment

WITH seen AS (
    SELECT source, at_from AS time_from
    FROM connection_dated
    UNION ALL
    SELECT source, time_from
    FROM dns_placed
    UNION ALL
    SELECT source, time_from
    FROM process_placed
    UNION ALL
    SELECT source, at_from
    FROM script_observation POSITIONAL JOIN script_moment
    UNION ALL
    SELECT source, at_from
    FROM host_fact POSITIONAL JOIN fact_moment
),

final AS (
    SELECT
        getvariable('host') AS host,
        source,
        min(time_from) AS first,
        max(time_from) AS last,
        count(*) AS records
    FROM seen
    GROUP BY source
)

SELECT * FROM final
ORDER BY source
