-- lookup_member: which look-up each DNS observation belongs to.
-- grain:  one DNS observation
-- reads:  dns_placed, question, question_folded, cache_lookup
-- needs:  dns_placed
-- rule:   Sysmon 22 repeats 3008: it joins the look-up of the same PID, name and status that completed
--         nearest to it, one each, within two seconds. A record of the resolver service joins the
--         look-up of its name (and type, and client where it says so) that was open at the moment. What
--         is left groups by name and client with pauses under five seconds: a look-up whose caller no
--         record names.

WITH asked AS (
    SELECT
        f.lookup_key,
        q.observation,
        q.source,
        q.pid,
        lower(q.name) AS name,
        q.query_type,
        q.status,
        q.stage,
        q.time_from,
        q.time_to
    FROM question AS q
    INNER JOIN question_folded AS f ON q.question = f.question
),

completed AS (
    SELECT *
    FROM asked
    WHERE stage = 'completed'
),

repeated AS (
    SELECT
        s.observation,
        c.observation AS completed_observation,
        c.lookup_key,
        greatest(seconds_between(s.time_to, c.time_from), seconds_between(c.time_to, s.time_from), 0) AS apart
    FROM dns_placed AS s
    INNER JOIN completed AS c
        ON
            s.pid = c.pid
            AND lower(s.name) = c.name
            AND s.status IS NOT DISTINCT FROM c.status
            AND c.time_from <= s.time_to + INTERVAL 2 SECONDS
            AND c.time_to >= s.time_from - INTERVAL 2 SECONDS
    WHERE s.source = 'sysmon_22'
),

joined_sysmon AS (
    SELECT observation, lookup_key
    FROM repeated
    QUALIFY
        row_number() OVER (PARTITION BY observation ORDER BY apart, completed_observation) = 1
        AND row_number() OVER (PARTITION BY completed_observation ORDER BY apart, observation) = 1
),

open_lookup AS (
    SELECT
        lookup_key,
        name,
        pid,
        list_distinct(list(query_type)) AS types,
        min(time_from) AS time_from,
        -- a look-up without its completion may be waiting for a server
        max(time_to) + CASE
            WHEN bool_or(stage = 'completed') THEN INTERVAL 50 MILLISECONDS
            ELSE INTERVAL 15 SECONDS
        END AS time_to
    FROM asked
    GROUP BY lookup_key, name, pid
),

served AS (
    SELECT *
    FROM dns_placed
    WHERE source NOT IN ('sysmon_22', 'dns_client_3006', 'dns_client_3008', 'dns_cache')
),

-- type -1 stands for the records that do not name one
opened AS (
    SELECT
        name,
        query_type,
        time_from,
        max(lookup_key) AS lookup_key
    FROM (SELECT name, unnest(list_append(types, -1)) AS query_type, time_from, lookup_key FROM open_lookup)
    GROUP BY name, query_type, time_from
),

nearest AS (
    SELECT
        s.observation,
        s.pid AS client_pid,
        s.time_from,
        o.lookup_key
    FROM served AS s
    ASOF INNER JOIN opened AS o
        ON
            lower(s.name) = o.name
            AND coalesce(s.query_type, -1) = o.query_type
            AND s.time_to + INTERVAL 50 MILLISECONDS >= o.time_from
),

joined_service AS (
    SELECT n.observation, n.lookup_key
    FROM nearest AS n
    INNER JOIN open_lookup AS o ON n.lookup_key = o.lookup_key
    WHERE n.time_from <= o.time_to AND coalesce(n.client_pid = o.pid, true)
),

member AS (
    SELECT observation, lookup_key
    FROM (
        SELECT observation, lookup_key FROM asked
        UNION ALL
        SELECT observation, lookup_key FROM joined_sysmon
        UNION ALL
        SELECT observation, lookup_key FROM joined_service
    )
    UNION ALL
    SELECT observation, lookup_key
    FROM cache_lookup
),

alone AS (
    SELECT
        *,
        source = 'sysmon_22' AS is_sysmon,
        coalesce(
            seconds_between(lag(time_to) OVER by_time, time_from) > 5
            OR source = 'sysmon_22'
            OR (stage = 'cache_asked' AND lag(stage) OVER by_time IN ('answered', 'cache')),
            true
        ) AS opens
    FROM dns_placed
    ANTI JOIN member USING (observation)
    WINDOW by_time AS (
        PARTITION BY source = 'sysmon_22', pid, lower(name) ORDER BY time_from, record, observation
    )
),

grouped AS (
    SELECT
        observation,
        is_sysmon,
        pid,
        name,
        sum(CASE WHEN opens THEN 1 ELSE 0 END) OVER (
            PARTITION BY is_sysmon, pid, lower(name)
            ORDER BY time_from, record, observation
            ROWS UNBOUNDED PRECEDING
        ) AS number
    FROM alone
),

every AS (
    SELECT observation, lookup_key
    FROM member
    UNION ALL
    SELECT
        observation,
        min(observation) OVER (PARTITION BY is_sysmon, pid, lower(name), number)
    FROM grouped
),

final AS (
    SELECT
        e.lookup_key AS lookup,
        d.*
    FROM every AS e
    INNER JOIN dns_placed AS d ON e.observation = d.observation
)

SELECT * FROM final
ORDER BY observation
