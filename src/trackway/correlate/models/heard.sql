-- heard: when each source wrote a record about this host, by the record's own time, and when the one before it.
-- grain:  one observation
-- reads:  connection_dated, dns_dated, process_placed, script_observation, script_moment, host_fact,
--         fact_moment

WITH every AS (
    SELECT source, at_from AS moment
    FROM connection_dated
    UNION ALL
    SELECT source, at_from
    FROM dns_dated
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
    SELECT source, moment, lag(moment) OVER (PARTITION BY source ORDER BY moment) AS before
    FROM every
    WHERE moment IS NOT NULL
)

SELECT * FROM final
ORDER BY source, moment
