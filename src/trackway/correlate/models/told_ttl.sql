-- told_ttl: the TTL that servers give a name, as far as anybody asked.
-- grain:  owner
-- reads:  dns_dated
-- needs:  dns_dated
-- rule:   the authority's word counts; else the longest one, since every cache on the way only takes away.

WITH final AS (
    SELECT
        lower(coalesce(owner, name)) AS owner,
        coalesce(max(ttl_original) FILTER (WHERE authoritative), max(ttl_original)) AS ttl,
        bool_or(coalesce(authoritative, false)) AS authoritative
    FROM dns_dated
    WHERE ttl_original IS NOT NULL
    GROUP BY lower(coalesce(owner, name))
)

SELECT * FROM final
ORDER BY owner
