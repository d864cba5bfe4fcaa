-- relevant: how soon each story is worth reading.
-- grain:  story
-- reads:  story, process, telling (the groups of the query `summary_connections`, outbound ones and others)
-- rule:   every group of process and destination is heard before any is heard twice: first the earliest
--         story of each group, then the second ones, and so on. Among equals come groups with more marks,
--         outbound ones, processes whose parent is known, and programs with few destinations: what calls
--         everywhere explains little.

WITH caller AS (
    SELECT host, image, count(*) AS destinations
    FROM telling
    GROUP BY host, image
),

placed AS (
    SELECT
        s.story,
        s.time_from,
        coalesce(t.marks, 0) AS marks,
        p.parent IS NOT NULL AS is_explained,
        coalesce(c.destinations, 0) AS destinations,
        coalesce(t.connections, 1) AS alike,
        s.direction = 'outbound' AS is_outbound,
        row_number() OVER (
            PARTITION BY
                s.host, s.direction, base_of(p.image), coalesce(s.names[1].name, s.remote_address),
                CASE s.direction WHEN 'inbound' THEN s.local_port ELSE s.remote_port END
            ORDER BY s.time_from, s.story
        ) AS place
    FROM story AS s
    LEFT JOIN process AS p ON s.process = p.process
    LEFT JOIN telling AS t
        ON
            s.host = t.host
            AND s.direction = t.direction
            AND coalesce(base_of(p.image), 'unknown process') = t.image
            AND coalesce(s.names[1].name, s.remote_address) = t.destination
            AND CASE s.direction WHEN 'inbound' THEN s.local_port ELSE s.remote_port END IS NOT DISTINCT FROM t.port
    LEFT JOIN caller AS c ON t.host = c.host AND t.image = c.image
),

final AS (
    SELECT
        story,
        marks,
        alike,
        place = 1 AS is_first,
        row_number() OVER (
            ORDER BY place, marks DESC, is_outbound DESC, is_explained DESC, destinations, time_from, story
        ) AS relevance
    FROM placed
)

SELECT * FROM final
ORDER BY relevance
