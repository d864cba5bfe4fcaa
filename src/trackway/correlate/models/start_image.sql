-- start_image: the image of each start, from whichever record shows it.
-- grain:  start_key
-- reads:  start, process_placed, connection_placed, dns_placed
-- needs:  start

WITH shown AS (
    SELECT process_guid AS guid, image, 1 AS weight
    FROM process_placed
    WHERE process_guid IS NOT NULL AND image IS NOT NULL
    UNION ALL
    SELECT parent_guid, parent_image, 2
    FROM process_placed
    WHERE parent_guid IS NOT NULL AND parent_image IS NOT NULL
    UNION ALL
    SELECT process_guid, image, 3
    FROM connection_placed
    WHERE process_guid IS NOT NULL AND image IS NOT NULL
    UNION ALL
    SELECT process_guid, image, 3
    FROM dns_placed
    WHERE process_guid IS NOT NULL AND image IS NOT NULL
),

by_guid AS (
    SELECT guid, arg_min(image, (weight, image)) AS image
    FROM shown
    GROUP BY guid
),

final AS (
    SELECT s.start_key, coalesce(g.image, p.image) AS image
    FROM start AS s
    LEFT JOIN by_guid AS g ON s.guid = g.guid
    LEFT JOIN process_placed AS p ON s.security_observation = p.observation
)

SELECT * FROM final
ORDER BY start_key
