-- name_candidate: every name whose answer held the remote address of a connection, the likeliest first.
-- grain:  connection, name
-- reads:  connection, owner, answer, name_confidence, name_pair, asker, cache_name
-- needs:  cache_name or name_pair
-- rule:   a look-up counts if it came before the connection, or within two seconds after (records of one
--         second overtake each other), and not more than a day before, the resolver's longest memory; of one
--         name the nearer of the last before and the first after. Of one name the look-up of the same process
--         counts if it is at most two minutes older than the nearest, else one whose process is unknown, else
--         the nearest of another process. The same holds between names. Every name is kept.
--         How sure a name is stands in words/name_confidence.csv, by who asked, how long before, how many names
--         there are and whether the next is within a second; a situation that was never measured gets 0.1.

WITH asked_for AS (
    SELECT
        c.connection,
        c.remote_address,
        c.time_from,
        c.time_to,
        c.pid,
        o.process
    FROM connection AS c
    LEFT JOIN owner AS o ON o.kind = 'connection' AND c.connection = o.number
    WHERE c.direction <> 'inbound'
),

possible AS (
    SELECT
        a.connection,
        a.time_from,
        a.time_to,
        a.pid,
        p.pair,
        p.name,
        coalesce(k.asker, -1) AS asker
    FROM asked_for AS a
    INNER JOIN name_pair AS p ON a.remote_address = p.address
    LEFT JOIN asker AS k ON a.process = k.process
),

-- one integer key for "this name, by this process", "…, by nobody known" and "…, by anybody"
wanted AS (
    SELECT connection, pair, time_to, 'any' AS caller, pair * 4294967296 + 4294967295 AS key
    FROM possible
    UNION ALL
    SELECT connection, pair, time_to, 'unknown', pair * 4294967296
    FROM possible
    UNION ALL
    SELECT connection, pair, time_to, 'same', pair * 4294967296 + asker
    FROM possible
    WHERE asker > 0
),

keyed AS (
    SELECT pair * 4294967296 + asker AS key, time_from, time_to, lookup
    FROM answer
),

heard AS (
    SELECT *
    FROM keyed
    SEMI JOIN wanted USING (key)
    UNION ALL
    SELECT
        pair * 4294967296 + 4294967295,
        time_from,
        max(time_to),
        -- of one moment, a look-up whose process is known says more
        min(CASE WHEN asker = 0 THEN 4294967296 ELSE 0 END + lookup) % 4294967296
    FROM answer
    GROUP BY ALL
),

nearby AS (
    SELECT w.*, h.time_from AS heard_from, h.time_to AS heard_to, h.lookup
    FROM wanted AS w
    ASOF INNER JOIN heard AS h ON w.key = h.key AND w.time_to + INTERVAL 2 SECONDS >= h.time_from
),

-- only where an answer came within two seconds after, there may be a nearer one
overtaken AS (
    SELECT connection, pair, time_to, caller, key
    FROM nearby
    WHERE heard_from > time_to
),

heard_there AS (
    SELECT *
    FROM heard
    SEMI JOIN overtaken USING (key)
),

beside AS (
    SELECT connection, pair, caller, heard_from, heard_to, lookup, 2 * (epoch_us(time_to) - epoch_us(heard_from)) AS apart
    FROM nearby
    WHERE heard_from <= time_to
    UNION ALL
    SELECT o.connection, o.pair, o.caller, h.time_from, h.time_to, h.lookup, 2 * (epoch_us(o.time_to) - epoch_us(h.time_from))
    FROM overtaken AS o
    ASOF INNER JOIN heard_there AS h ON o.key = h.key AND o.time_to >= h.time_from
    UNION ALL
    -- as far before as after: before
    SELECT o.connection, o.pair, o.caller, h.time_from, h.time_to, h.lookup, 2 * (epoch_us(h.time_from) - epoch_us(o.time_to)) + 1
    FROM overtaken AS o
    ASOF INNER JOIN heard_there AS h ON o.key = h.key AND o.time_to < h.time_from
),

nearest AS (
    SELECT
        connection,
        pair,
        arg_min({'t': heard_from, 'u': heard_to, 'l': lookup}, apart) FILTER (WHERE caller = 'any') AS a,
        arg_min({'t': heard_from, 'u': heard_to, 'l': lookup}, apart) FILTER (WHERE caller = 'unknown') AS u,
        arg_min({'t': heard_from, 'u': heard_to, 'l': lookup}, apart) FILTER (WHERE caller = 'same') AS s
    FROM beside
    GROUP BY connection, pair
),

chosen AS (
    SELECT
        *,
        CASE
            WHEN seconds_between(s.t, a.t) <= 120 THEN 'same'
            WHEN seconds_between(u.t, a.t) <= 120 THEN 'unknown'
            ELSE 'other'
        END AS caller,
        CASE caller WHEN 'same' THEN s WHEN 'unknown' THEN u ELSE a END AS best
    FROM nearest
),

weighed AS (
    SELECT
        p.connection,
        p.name,
        p.pid,
        b.caller,
        b.best.l AS lookup,
        seconds_between(b.best.u, p.time_from) AS age
    FROM possible AS p
    INNER JOIN chosen AS b ON p.connection = b.connection AND p.pair = b.pair
),

recent AS (
    SELECT
        *,
        min(greatest(age, 0)) OVER (PARTITION BY connection) AS nearest_age
    FROM weighed
    WHERE age <= 86400
),

placed AS (
    SELECT
        *,
        CASE
            WHEN caller = 'same' AND age <= nearest_age + 120 THEN 1
            WHEN caller = 'unknown' THEN 2
            ELSE 3
        END AS class
    FROM recent
),

ranked AS (
    SELECT
        *,
        row_number() OVER choice AS rank,
        count(*) OVER (PARTITION BY connection) AS names,
        lead(caller) OVER choice = caller AND abs(lead(age) OVER choice - age) < 1 AS is_near,
        first_value(caller) OVER choice = caller AND abs(first_value(age) OVER choice - age) < 1 AS is_near_first
    FROM placed
    WINDOW choice AS (PARTITION BY connection ORDER BY class, age < -0.5, abs(age), name)
),

situated AS (
    SELECT
        *,
        concat_ws(
            ', ',
            -- the kernel connects for whoever asked
            CASE WHEN pid = 4 AND caller = 'other' THEN 'kernel' ELSE caller END,
            CASE
                WHEN age < -0.5 THEN 'after'
                WHEN age <= 5 THEN 'seconds'
                WHEN age <= 120 THEN 'minutes'
                WHEN age <= 3600 THEN 'hour'
                ELSE 'day'
            END,
            CASE
                WHEN names = 1 THEN 'only'
                WHEN rank = 1 AND is_near THEN 'first, near'
                WHEN rank = 1 THEN 'first'
                WHEN is_near_first THEN 'later, near'
                ELSE 'later'
            END
        ) AS situation
    FROM ranked
),

witnessed AS (
    SELECT
        s.connection,
        s.name,
        s.lookup,
        s.caller,
        s.age,
        s.rank,
        s.names,
        CASE s.caller WHEN 'same' THEN 'pid+address+time' ELSE 'address+time' END AS basis,
        coalesce(CAST(c.confidence AS DOUBLE), 0.1) AS confidence,
        CASE s.caller
            WHEN 'same' THEN 'the same process asked for it '
            WHEN 'unknown' THEN 'somebody asked for it (no record says who) '
            ELSE 'another process asked for it '
        END
        || in_words(s.age)
        || CASE WHEN s.age < 0 THEN ' after' ELSE ' before' END
        || ' the connection and was told this address'
        || CASE
            WHEN s.names > 1 THEN '; ' || s.names || ' names share the address'
            ELSE ''
        END AS reason
    FROM situated AS s
    LEFT JOIN name_confidence AS c ON s.situation = c.situation
),

-- what the resolver's cache offers comes behind what was witnessed, and is never surer
offered AS (
    SELECT
        c.* REPLACE (
            row_number() OVER (PARTITION BY c.connection ORDER BY c.rank) + coalesce(w.names, 0) AS rank,
            count(*) OVER (PARTITION BY c.connection) + coalesce(w.names, 0) AS names
        ),
        coalesce(w.confidence, 1) AS most
    FROM cache_name AS c
    ANTI JOIN witnessed AS s ON c.connection = s.connection AND c.name = s.name
    LEFT JOIN (
        SELECT
            connection,
            count(*) AS names,
            min(confidence) AS confidence
        FROM witnessed
        GROUP BY connection
    ) AS w ON c.connection = w.connection
),

final AS (
    SELECT *
    FROM witnessed
    UNION ALL
    SELECT
        o.connection,
        o.name,
        o.lookup,
        o.caller,
        o.age,
        o.rank,
        o.names,
        o.basis,
        least(coalesce(CAST(c.confidence AS DOUBLE), 0.1), o.most),
        o.reason
    FROM offered AS o
    LEFT JOIN name_confidence AS c
        ON
            c.situation
            = concat_ws(
                ', ', o.caller, o.situation, CASE WHEN o.names = 1 THEN 'only' WHEN o.rank = 1 THEN 'first' ELSE 'later' END
            )
)

SELECT * FROM final
ORDER BY connection, rank
