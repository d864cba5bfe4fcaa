-- host_fact_timed: facts about the host as they were read, with the UTC interval that the clocks gave them.
-- grain:  one observation
-- reads:  host_fact, fact_moment
-- needs:  fact_moment

WITH final AS (
    SELECT
        m.observation,
        o.* REPLACE (m.at_from AS time_from, m.at_to AS time_to)
    FROM host_fact AS o
    POSITIONAL JOIN fact_moment AS m
)

SELECT * FROM final
ORDER BY observation
