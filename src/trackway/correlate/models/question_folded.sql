-- question_folded: the probe of a dual-stack look-up counted to the look-up it probes for.
-- grain:  question
-- reads:  question
-- needs:  question
-- rule:   a type-1 query that ends with 87 (invalid parameter) and no answer, followed within a second by
--         a type-28 query of the same process and name, is how getaddrinfo begins; both are one look-up.

WITH summary AS (
    SELECT
        question,
        min(pid) AS pid,
        min(lower(name)) AS name,
        min(query_type) AS query_type,
        min(time_from) AS time_from,
        max(time_to) AS time_to,
        bool_and(coalesce(status, 87) = 87) AND bool_or(status = 87) AS is_probe
    FROM question
    GROUP BY question
),

follower AS (
    SELECT
        pid,
        name,
        time_from,
        min(question) AS question
    FROM summary
    WHERE query_type = 28
    GROUP BY pid, name, time_from
),

final AS (
    SELECT
        p.question,
        CASE
            WHEN p.is_probe AND p.query_type = 1 AND seconds_between(p.time_to, f.time_from) <= 1 THEN f.question
            ELSE p.question
        END AS lookup_key
    FROM summary AS p
    ASOF LEFT JOIN follower AS f
        ON p.pid = f.pid AND p.name = f.name AND p.time_from <= f.time_from
)

SELECT * FROM final
ORDER BY question
