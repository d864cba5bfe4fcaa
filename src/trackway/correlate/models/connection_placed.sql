-- connection_placed: observations with both ends, each at the moment of its connection.
-- grain:  one observation of a connection
-- reads:  connection_clocked, request_connection, connection_dated
-- needs:  connection_clocked or request_connection
-- rule:   a request stands where its connection began, and has its ends. One whose connection is not known stays by
--         itself if it names both ends; if it does not it is no connection, and is kept among the observations.

WITH final AS (
    SELECT
        c.* REPLACE (
            coalesce(r.local_port, c.local_port) AS local_port,
            coalesce(r.remote_port, c.remote_port) AS remote_port,
            coalesce(r.time_from, c.time_from) AS time_from,
            coalesce(r.time_to, c.time_to) AS time_to
        )
    FROM connection_clocked AS c
    LEFT JOIN request_connection AS r ON c.observation = r.observation
    WHERE r.observation IS NOT NULL OR NOT (c.stage = 'request' AND (c.local_port IS NULL OR c.remote_port IS NULL))
    UNION ALL BY NAME
    SELECT
        d.observation,
        d.source,
        d.file,
        d.line,
        d.record,
        d.stage,
        'outbound' AS direction,
        false AS is_accepting,
        d.protocol,
        d.source_address AS local_address,
        r.local_port,
        r.remote_address,
        r.remote_port,
        d.user,
        r.time_from,
        r.time_to
    FROM connection_dated AS d
    INNER JOIN request_connection AS r ON d.observation = r.observation
    WHERE d.destination_address IS NULL
)

SELECT * FROM final
ORDER BY observation
