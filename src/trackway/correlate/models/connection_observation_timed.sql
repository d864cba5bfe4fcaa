-- connection_observation_timed: the observations as they were read, with the UTC interval that the clocks gave them.
-- grain:  one observation
-- reads:  connection_observation (dated), connection_placed
-- rule:   a correction never changes the raw times: `recorded`, `stated` and `ingested` stay as written.

WITH final AS (
    SELECT
        o.* EXCLUDE (observation, time_from, time_to, at_from, at_to),
        coalesce(p.time_from, o.at_from) AS time_from,
        coalesce(p.time_to, o.at_to) AS time_to,
        o.observation
    FROM dated('connection_observation') AS o
    LEFT JOIN connection_placed AS p ON o.observation = p.observation
)

SELECT * FROM final
ORDER BY observation
