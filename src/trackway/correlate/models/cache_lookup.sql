-- cache_lookup: what the rows of a resolver cache say was resolved, and in which interval.
-- grain:  one DNS observation of stage cached that proves a look-up
-- reads:  cache_row, told_ttl
-- needs:  cache_row
-- rule:   the rows of one heading and type are one look-up, CNAMEs counted to the addresses they lead to. It
--         was resolved its original TTL less what is left before the dump. All names of a chain live as long as
--         the shortest. If the authority of each gave the TTL, that is one second. Else the answer may have
--         aged on its way, and the look-up came later, until the dump itself; without any TTL it came within
--         the longest time that the resolver keeps an answer (15 minutes for one that a name does not exist).
--         Rows of several dumps that say the same and run out within the same two seconds are one resolution,
--         which came before the first of them.

WITH RECURSIVE lookup_row AS (
    SELECT
        *,
        concat_ws(' ', lower(name), CASE WHEN status <> 0 THEN 'none ' || coalesce(query_type, 0) END) AS title,
        file || ' ' || title AS heading
    FROM cache_row
    WHERE NOT is_listed
),

-- every name that a heading leads to
chain AS (
    SELECT file, heading, lower(name) AS reached, 0 AS depth
    FROM lookup_row
    UNION
    SELECT c.file, c.heading, lower(r.cnames[1]), c.depth + 1
    FROM chain AS c
    INNER JOIN lookup_row AS r ON c.file = r.file AND c.reached = lower(r.owner) AND len(r.cnames) > 0
    WHERE c.depth < 16
),

reached AS (
    SELECT file, heading, reached, min(depth) AS depth
    FROM chain
    GROUP BY file, heading, reached
),

answered AS (
    SELECT
        n.heading,
        r.query_type,
        list(r.addresses[1] ORDER BY r.observation) AS addresses
    FROM reached AS n
    INNER JOIN lookup_row AS r ON n.file = r.file AND n.reached = lower(r.owner)
    WHERE len(r.addresses) > 0
    GROUP BY n.heading, r.query_type
),

summary AS (
    SELECT
        r.heading,
        -- a CNAME belongs to the look-up of the addresses it leads to
        coalesce(CASE WHEN r.query_type <> 5 THEN r.query_type END, a.query_type, r.query_type) AS query_type,
        r.observation,
        r.ttl_left,
        r.status
    FROM lookup_row AS r
    LEFT JOIN (SELECT heading, min(query_type) AS query_type FROM answered GROUP BY heading) AS a ON r.heading = a.heading
),

bound AS (
    SELECT
        n.heading,
        min(t.ttl) AS ttl,
        bool_and(coalesce(t.authoritative, false)) AS authoritative
    FROM reached AS n
    LEFT JOIN told_ttl AS t ON n.reached = t.owner
    GROUP BY n.heading
),

-- CNAMEs of the chain, in order
aliases AS (
    SELECT heading, list(reached ORDER BY depth, reached) FILTER (WHERE depth > 0) AS cnames
    FROM reached
    GROUP BY heading
),

weighed AS (
    SELECT
        s.observation,
        s.heading,
        r.title,
        s.query_type,
        r.at_from,
        r.at_to,
        r.recorded_basis,
        r.max_ttl,
        s.status,
        min(s.ttl_left) OVER same AS ttl_left,
        CASE WHEN b.ttl IS NOT NULL THEN least(b.ttl, r.max_ttl) END AS ttl,
        b.authoritative
    FROM summary AS s
    INNER JOIN lookup_row AS r ON s.observation = r.observation
    LEFT JOIN bound AS b ON s.heading = b.heading
    WINDOW same AS (PARTITION BY s.heading, s.query_type)
),

explained AS (
    SELECT
        *,
        coalesce(ttl >= ttl_left, false) AS is_told,
        coalesce(authoritative AND ttl >= ttl_left, false) AS is_exact,
        CASE
            WHEN status <> 0 THEN 900
            ELSE coalesce(CASE WHEN ttl >= ttl_left THEN ttl END, max_ttl) - coalesce(ttl_left, 0)
        END AS age
    FROM weighed
),

single AS (
    SELECT
        e.observation,
        e.heading,
        e.title,
        e.status,
        e.query_type,
        coalesce(a.addresses, []) AS addresses,
        coalesce(l.cnames, []) AS cnames,
        e.at_from - to_seconds(e.age) AS time_from,
        CASE
            WHEN e.is_exact THEN e.at_to - to_seconds(e.age) + INTERVAL 999999 MICROSECONDS
            ELSE e.at_to
        END AS time_to,
        e.at_to + to_seconds(coalesce(e.ttl_left, 0)) AS expires,
        e.is_exact,
        CASE
            WHEN e.status <> 0 THEN 'an answer that there is nothing is kept for 900 s at most'
            WHEN e.is_exact
                THEN concat('the authority gives ', e.ttl, ' s, of which ', e.ttl_left, ' were left')
            WHEN e.is_told
                THEN concat(
                    'a server gives ', e.ttl, ' s, of which ', e.ttl_left,
                    ' were left; an answer that had aged on its way came later'
                )
            WHEN e.ttl_left IS NOT NULL
                THEN concat(
                    e.ttl_left, ' s were left of a TTL that nobody asked for; the resolver keeps nothing longer than ',
                    e.max_ttl, ' s'
                )
            ELSE concat('the seconds left are not printed; the resolver keeps nothing longer than ', e.max_ttl, ' s')
        END
        || concat(
            '; the cache was read at ', strftime(timezone('UTC', e.at_to), '%Y-%m-%dT%H:%M:%SZ'), ' by ',
            CASE e.recorded_basis
                WHEN 'collector' THEN 'its collector''s record'
                WHEN 'option' THEN '--collected-at'
                ELSE 'the time of its file'
            END
        ) AS time_reason
    FROM explained AS e
    LEFT JOIN answered AS a ON e.heading = a.heading AND e.query_type = a.query_type
    LEFT JOIN aliases AS l ON e.heading = l.heading
),

-- dumps of one cache life show the same moment at which it ends
lived AS (
    SELECT
        *,
        sum(CASE WHEN ends THEN 1 ELSE 0 END) OVER (
            PARTITION BY title, query_type, status, addresses, cnames ORDER BY expires, observation ROWS UNBOUNDED PRECEDING
        ) AS life
    FROM (
        SELECT
            *,
            coalesce(
                seconds_between(
                    lag(expires) OVER (
                        PARTITION BY title, query_type, status, addresses, cnames ORDER BY expires, observation
                    ),
                    expires
                ) > 2,
                true
            ) AS ends
        FROM single
    )
),

final AS (
    SELECT
        * EXCLUDE (heading, title, status, ends, life) REPLACE (
            max(time_from) OVER one AS time_from,
            greatest(min(time_to) OVER one, max(time_from) OVER one) AS time_to
        ),
        min(observation) OVER one AS lookup_key
    FROM lived
    WINDOW one AS (PARTITION BY title, query_type, status, addresses, cnames, life)
)

SELECT * FROM final
ORDER BY observation
