-- telling: the groups of process and destination, each with a number and how many such its program has.
-- grain:  number
-- reads:  summary (the query `summary_connections`, all directions)

WITH final AS (
    SELECT
        row_number() OVER (ORDER BY host, direction, image, destination, port) AS number,
        host,
        direction,
        image,
        destination,
        port,
        marks,
        connections AS alike,
        count(*) OVER (PARTITION BY host, image) AS destinations
    FROM summary
)

SELECT * FROM final
ORDER BY number
