-- cache_row: the rows of resolver caches, those of the hosts file told apart.
-- grain:  one DNS observation of stage cached
-- reads:  dns_dated, host_fact
-- needs:  dns_dated
-- rule:   a row is the hosts file's if the file has its name (and address), or if it lives longer than the
--         resolver keeps an answer (MaxCacheTtl, a day unless the registry says otherwise); so are the rows
--         of the same dump that live just as long, and the missing IPv6 of such a name. They prove no look-up.

WITH setting AS (
    SELECT coalesce(max(try_cast(value AS BIGINT)), 86400) AS max_ttl
    FROM host_fact
    WHERE kind = 'max_cache_ttl'
),

listed AS (
    SELECT lower(name) AS name, unnest(addresses) AS address
    FROM dns_dated
    WHERE stage = 'hosts'
),

judged AS (
    SELECT
        d.*,
        s.max_ttl,
        coalesce(d.ttl_left > s.max_ttl, false)
        OR (lower(d.name), d.addresses[1]) IN (SELECT (name, address) FROM listed) AS is_listed
    FROM dns_dated AS d
    CROSS JOIN setting AS s
    WHERE d.stage = 'cached'
),

listed_row AS (
    SELECT DISTINCT file, ttl_left
    FROM judged
    WHERE is_listed AND ttl_left IS NOT NULL
),

long_lived AS (
    SELECT j.* REPLACE (j.is_listed OR l.file IS NOT NULL AS is_listed)
    FROM judged AS j
    LEFT JOIN listed_row AS l ON j.file = l.file AND j.ttl_left = l.ttl_left
),

final AS (
    SELECT
        * REPLACE (
            is_listed OR (status <> 0 AND bool_or(is_listed) OVER (PARTITION BY file, lower(name))) AS is_listed
        )
    FROM long_lived
)

SELECT * FROM final
ORDER BY observation
