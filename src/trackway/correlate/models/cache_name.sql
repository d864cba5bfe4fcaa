-- cache_name: names that a resolver cache offers for the remote address of a connection.
-- grain:  connection, name
-- reads:  connection, resolution, cache_lookup
-- needs:  cache_lookup; connection; resolution
-- rule:   the row was in the cache from its look-up until it expired: a connection in that time can have used
--         it, whoever made it. Nobody knows who asked, and a look-up that was witnessed always says more. The
--         likelier comes first: more of its interval lies before the connection. How sure it is hangs on
--         `situation`: the interval is a second or two and began just before, earlier, or is wider.

WITH offered AS (
    SELECT
        lookup_key,
        unnest(addresses) AS address,
        min(time_from) AS time_from,
        max(time_to) AS time_to,
        max(expires) AS expires
    FROM cache_lookup
    GROUP BY lookup_key, addresses
),

fitting AS (
    SELECT
        c.connection,
        lower(r.name) AS name,
        r.lookup,
        o.time_from,
        o.time_to,
        seconds_between(o.time_from, o.time_to) AS width,
        seconds_between(o.time_from, c.time_from) AS age
    FROM connection AS c
    INNER JOIN offered AS o ON c.remote_address = o.address
    INNER JOIN resolution AS r ON o.lookup_key = r.lookup
    WHERE
        c.direction <> 'inbound'
        AND c.time_to + INTERVAL 2 SECONDS >= o.time_from
        AND c.time_from <= greatest(o.expires, o.time_to)
),

one AS (
    SELECT *
    FROM fitting
    QUALIFY row_number() OVER (PARTITION BY connection, name ORDER BY width, lookup) = 1
),

final AS (
    SELECT
        connection,
        name,
        lookup,
        'cache' AS caller,
        age,
        row_number() OVER choice AS rank,
        count(*) OVER (PARTITION BY connection) AS names,
        'address+time' AS basis,
        CASE WHEN width > 2 THEN 'interval' WHEN age > 10 THEN 'later' ELSE 'seconds' END AS situation,
        'the resolver''s cache held it with this address; it was resolved '
        || CASE
            WHEN width <= 2 THEN 'at '
            ELSE 'between ' || strftime(timezone('UTC', time_from), '%Y-%m-%dT%H:%M:%SZ') || ' and '
        END
        || strftime(timezone('UTC', CASE WHEN width <= 2 THEN time_from ELSE time_to END), '%Y-%m-%dT%H:%M:%SZ')
        || ', and no record says who asked' AS reason
    FROM one
    WINDOW choice AS (PARTITION BY connection ORDER BY least(age / greatest(width, 1), 1) DESC, abs(age), name)
)

SELECT * FROM final
ORDER BY connection, rank
