-- host_fact_timed: facts about the host as they were read, with the UTC interval that the clocks gave them.
-- grain:  one observation
-- reads:  host_fact (dated)

WITH final AS (
    SELECT
        o.* EXCLUDE (observation, time_from, time_to, at_from, at_to),
        o.at_from AS time_from,
        o.at_to AS time_to,
        o.observation
    FROM dated('host_fact') AS o
)

SELECT * FROM final
ORDER BY observation
