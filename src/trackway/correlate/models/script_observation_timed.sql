-- script_observation_timed: the observations as they were read, with the UTC interval that the clocks gave them.
-- grain:  one observation
-- reads:  script_observation (dated)
-- rule:   a correction never changes the raw times: `recorded`, `stated` and `ingested` stay as written.

WITH final AS (
    SELECT
        o.* EXCLUDE (observation, time_from, time_to, at_from, at_to),
        o.at_from AS time_from,
        o.at_to AS time_to,
        o.observation
    FROM dated('script_observation') AS o
)

SELECT * FROM final
ORDER BY observation
