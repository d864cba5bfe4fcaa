-- wire_said: what records say of a connection besides its ends: the name that it asked for, and its bytes.
-- grain:  connection, observation
-- reads:  connection_observation, connection
-- needs:  connection

WITH said AS (
    SELECT observation, source, source_address, asked_name, bytes_from_source, bytes_from_destination
    FROM (SELECT row_number() OVER () AS observation, * FROM connection_observation)
    WHERE asked_name IS NOT NULL OR bytes_from_source IS NOT NULL OR bytes_from_destination IS NOT NULL
),

member AS (
    SELECT connection, local_address, unnest(observations) AS observation
    FROM connection
    WHERE EXISTS (FROM said)
),

final AS (
    SELECT
        m.connection,
        s.observation,
        s.source,
        lower(s.asked_name) AS name,
        CASE WHEN s.source_address = m.local_address THEN s.bytes_from_source ELSE s.bytes_from_destination END AS sent,
        CASE WHEN s.source_address = m.local_address THEN s.bytes_from_destination ELSE s.bytes_from_source END AS received
    FROM said AS s
    INNER JOIN member AS m ON s.observation = m.observation
)

SELECT * FROM final
ORDER BY connection, observation
