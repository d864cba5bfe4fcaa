-- script_match: scripts of the process of a connection, those that hold its texts first.
-- grain:  connection, script
-- reads:  connection, owner, name_candidate, script_group
-- needs:  connection; owner; script_group
-- rule:   a script explains a connection if it holds one of its names or its address; the nearest before
--         the connection comes next. The ten likeliest are kept with the story; the link table has all.

WITH ran AS (
    SELECT
        o.process,
        s.script,
        s.time_from,
        lower(concat_ws(chr(10), s.text, s.host_application)) AS text
    FROM script_group AS s
    INNER JOIN owner AS o ON o.kind = 'script' AND s.script = o.number
),

needle AS (
    SELECT o.process, c.connection, n.name AS word, c.time_from
    FROM connection AS c
    INNER JOIN owner AS o ON o.kind = 'connection' AND c.connection = o.number
    INNER JOIN name_candidate AS n ON c.connection = n.connection
    WHERE o.process IN (SELECT process FROM ran)
    UNION ALL
    SELECT o.process, c.connection, c.remote_address, c.time_from
    FROM connection AS c
    INNER JOIN owner AS o ON o.kind = 'connection' AND c.connection = o.number
    WHERE o.process IN (SELECT process FROM ran)
),

-- each word is sought once in each script of its process, however many connections share it
sought AS (
    SELECT w.process, w.word, r.script
    FROM (SELECT DISTINCT process, word FROM needle) AS w
    INNER JOIN ran AS r ON w.process = r.process
    WHERE
        contains(r.text, lower(w.word))
        -- 10.0.0.1 is not in 10.0.0.12, nor corp.example in notcorp.example
        AND regexp_matches(
            r.text,
            '(^|[^a-z0-9_.-])' || regexp_escape(lower(w.word)) || '($|[^a-z0-9_-])'
        )
),

matched AS (
    SELECT
        n.connection,
        s.script,
        list_sort(list_distinct(list(n.word))) AS matches
    FROM needle AS n
    INNER JOIN sought AS s ON n.process = s.process AND n.word = s.word
    GROUP BY n.connection, s.script
),

-- of the scripts without a match the last ones before the connection
numbered AS (
    SELECT process, script, time_from, row_number() OVER (PARTITION BY process ORDER BY time_from, script) AS number
    FROM ran
),

last_before AS (
    SELECT c.connection, n.process, n.number
    FROM (SELECT DISTINCT connection, process, time_from FROM needle) AS c
    ASOF INNER JOIN (
        SELECT process, time_from, max(number) AS number
        FROM numbered
        GROUP BY process, time_from
    ) AS n ON c.process = n.process AND c.time_from >= n.time_from
),

near AS (
    SELECT l.connection, n.script, []::VARCHAR[] AS matches
    FROM last_before AS l
    INNER JOIN numbered AS n
        ON l.process = n.process AND n.number BETWEEN l.number - 2 AND l.number
    ANTI JOIN matched AS m ON l.connection = m.connection AND n.script = m.script
),

candidate AS (
    SELECT * FROM matched
    UNION ALL
    SELECT * FROM near
),

final AS (
    SELECT
        k.connection,
        k.script,
        k.matches,
        row_number() OVER (
            PARTITION BY k.connection
            ORDER BY len(k.matches) = 0, s.time_from > c.time_to, abs(seconds_between(s.time_from, c.time_from)), k.script
        ) AS rank,
        CASE WHEN len(k.matches) > 0 THEN 0.95 WHEN s.time_from <= c.time_to THEN 0.3 ELSE 0.1 END AS confidence,
        CASE
            WHEN len(k.matches) > 0 THEN 'the script of this process holds ' || list_aggregate(k.matches, 'string_agg', ', ')
            ELSE 'the process ran it ' || in_words(seconds_between(s.time_from, c.time_from)) || ' before the connection'
        END AS reason
    FROM candidate AS k
    INNER JOIN connection AS c ON k.connection = c.connection
    INNER JOIN script_group AS s ON k.script = s.script
    QUALIFY rank <= 10
)

SELECT * FROM final
ORDER BY connection, rank
