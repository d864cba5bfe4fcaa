-- valued: the rows that a question found, each with the value that getvariable('grouping') groups them by.
-- grain:  story, value; a story with several sources has one row each where they are what is grouped by
-- reads:  found, row

WITH final AS (
    SELECT
        f.place,
        r.*,
        unnest(
            CASE getvariable('grouping')
                WHEN 'source' THEN string_split(r.sources, chr(10))
                WHEN 'process' THEN [r.process]
                WHEN 'destination' THEN [r.destination]
                WHEN 'name' THEN [r.name]
                WHEN 'user' THEN [r.user]
                WHEN 'host' THEN [r.host]
                WHEN 'parent' THEN [r.parent]
                WHEN 'port' THEN [CAST(CAST(r.remote_port AS BIGINT) AS VARCHAR)]
                WHEN 'protocol' THEN [r.protocol]
                WHEN 'direction' THEN [r.direction]
                WHEN 'action' THEN [r.action]
            END
        ) AS value
    FROM found AS f
    INNER JOIN row AS r ON f.relevance = r.relevance
)

SELECT * FROM final
