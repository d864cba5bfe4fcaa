-- relevant: how soon each story is worth reading.
-- grain:  story
-- reads:  story, process, telling
-- rule:   every group of process and destination is heard before any is heard twice: first the earliest
--         story of each group, then the second ones, and so on. Among equals come groups with more marks,
--         outbound ones, processes whose parent is known, and programs with few destinations: what calls
--         everywhere explains little.
-- note:   a story is its place in time from the second step on: numbers sort faster than texts.

WITH grouped AS (
    SELECT
        s.story,
        s.time_from,
        t.number,
        p.parent IS NOT NULL AS is_explained
    FROM story AS s
    LEFT JOIN process AS p ON s.process = p.process
    LEFT JOIN telling AS t
        ON
            s.host = t.host
            AND s.direction = t.direction
            AND coalesce(base_of(p.image), 'unknown process') = t.image
            AND coalesce(s.names[1].name, s.remote_address) IS NOT DISTINCT FROM t.destination
            AND CASE s.direction WHEN 'inbound' THEN s.local_port ELSE s.remote_port END IS NOT DISTINCT FROM t.port
),

timed AS (
    SELECT
        story,
        number,
        is_explained,
        row_number() OVER (ORDER BY time_from, story) AS earliness
    FROM grouped
),

placed AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY number ORDER BY earliness) AS place
    FROM timed
),

final AS (
    SELECT
        p.story,
        coalesce(t.marks, 0) AS marks,
        coalesce(t.alike, 1) AS alike,
        p.place = 1 AS is_first,
        row_number() OVER (
            ORDER BY
                p.place, coalesce(t.marks, 0) DESC, t.direction = 'outbound' DESC, p.is_explained DESC,
                coalesce(t.destinations, 0), p.earliness
        ) AS relevance
    FROM placed AS p
    LEFT JOIN telling AS t ON p.number = t.number
)

SELECT * FROM final
ORDER BY relevance
