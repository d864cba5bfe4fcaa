-- start: every process start, each once, however many records tell of it.
-- grain:  start_key
-- reads:  named_start, process_placed
-- needs:  named_start or process_placed
-- rule:   a 4688 and a Sysmon identifier are one start if PID and base name agree, they lie within
--         two seconds, and each is the other's nearest. 4688 records of one PID within the same
--         millisecond and image are one start told twice.

WITH security AS (
    SELECT
        min(observation) AS observation,
        list(observation ORDER BY observation) AS observations,
        pid,
        time_from,
        time_to,
        min(image) AS image
    FROM process_placed
    WHERE source = 'security_4688'
    GROUP BY pid, time_from, time_to, base_name(image)
),

image_of_guid AS (
    SELECT process_guid AS guid, min(image) AS image
    FROM process_placed
    WHERE process_guid IS NOT NULL
    GROUP BY process_guid
),

pair AS (
    SELECT
        s.observation,
        n.guid,
        greatest(
            seconds_between(s.time_to, n.start_from), seconds_between(n.start_to, s.time_from), 0
        ) AS apart
    FROM security AS s
    INNER JOIN named_start AS n
        ON
            s.pid = n.pid
            AND n.start_from <= s.time_to + INTERVAL 2 SECONDS
            AND n.start_to >= s.time_from - INTERVAL 2 SECONDS
    LEFT JOIN image_of_guid AS i ON n.guid = i.guid
    WHERE image_agrees(s.image, i.image)
),

same AS (
    SELECT observation, guid
    FROM pair
    QUALIFY
        row_number() OVER (PARTITION BY observation ORDER BY apart, guid) = 1
        AND row_number() OVER (PARTITION BY guid ORDER BY apart, observation) = 1
),

final AS (
    SELECT
        'guid ' || n.guid AS start_key,
        n.guid,
        same.observation AS security_observation,
        s.observations AS security_observations,
        n.pid,
        -- a recorded creation is exact; the Security log's is nearer than a decoded second
        CASE WHEN n.basis = 'guid' AND s.time_from IS NOT NULL THEN s.time_from ELSE n.start_from END AS start_from,
        CASE WHEN n.basis = 'guid' AND s.time_from IS NOT NULL THEN s.time_to ELSE n.start_to END AS start_to,
        CASE WHEN s.time_from IS NOT NULL THEN 'recorded' ELSE n.basis END AS basis
    FROM named_start AS n
    LEFT JOIN same ON n.guid = same.guid
    LEFT JOIN security AS s ON same.observation = s.observation
    UNION ALL
    SELECT
        'start ' || s.observation,
        NULL,
        s.observation,
        s.observations,
        s.pid,
        s.time_from,
        s.time_to,
        'recorded'
    FROM security AS s
    ANTI JOIN same ON s.observation = same.observation
)

SELECT * FROM final
ORDER BY pid, start_from, start_key
