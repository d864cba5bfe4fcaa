-- script_observation_timed: the observations as they were read, with the UTC interval that the clocks gave them.
-- grain:  one observation
-- reads:  script_observation, script_moment
-- needs:  script_moment
-- rule:   a correction never changes the raw times: `recorded`, `stated` and `ingested` stay as written.

WITH final AS (
    SELECT
        m.observation,
        o.* REPLACE (m.at_from AS time_from, m.at_to AS time_to)
    FROM script_observation AS o
    POSITIONAL JOIN script_moment AS m
)

SELECT * FROM final
ORDER BY observation
