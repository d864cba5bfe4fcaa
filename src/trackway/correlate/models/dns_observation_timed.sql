-- dns_observation_timed: the observations as they were read, with the UTC interval that the clocks gave them.
-- grain:  one observation
-- reads:  dns_observation, dns_moment, dns_placed
-- needs:  dns_moment
-- rule:   a correction never changes the raw times: `recorded`, `stated` and `ingested` stay as written.

WITH moment AS (
    SELECT
        m.observation,
        coalesce(p.time_from, m.at_from) AS at_from,
        coalesce(p.time_to, m.at_to) AS at_to
    FROM dns_moment AS m
    LEFT JOIN dns_placed AS p ON m.observation = p.observation
    ORDER BY m.observation
),

final AS (
    SELECT
        m.observation,
        o.* REPLACE (m.at_from AS time_from, m.at_to AS time_to)
    FROM dns_observation AS o
    POSITIONAL JOIN moment AS m
)

SELECT * FROM final
ORDER BY observation
