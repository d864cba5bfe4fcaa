-- dns_placed: DNS observations with the UTC interval in which each can have happened.
-- grain:  one observation
-- reads:  dns_dated, skew, family_skew, guid_alias, cache_lookup
-- needs:  dns_dated
-- rule:   as in connection_placed: Sysmon 22 runs by the clock of Sysmon 3. A row of the resolver's
--         cache has the interval in which it was resolved. Lines of the hosts file, and TTLs that somebody
--         asked for, are no look-ups of the host.

WITH final AS (
    SELECT
        o.* EXCLUDE (at_from, at_to, stated, process_guid, owner, ttl_left, ttl_original, authoritative, recorded_basis)
        REPLACE (
            coalesce(c.query_type, o.query_type) AS query_type,
            coalesce(c.addresses, o.addresses) AS addresses,
            coalesce(c.cnames, o.cnames) AS cnames
        ),
        coalesce(a.same_as, o.process_guid) AS process_guid,
        coalesce(
            c.time_from,
            moved(o.stated, s.offset_seconds - s.uncertainty_seconds),
            moved(o.at_from, f.offset_seconds)
        ) AS time_from,
        coalesce(
            c.time_to,
            moved(o.stated, s.offset_seconds + s.uncertainty_seconds),
            moved(o.at_to, f.offset_seconds)
        ) AS time_to
    FROM dns_dated AS o
    LEFT JOIN cache_lookup AS c ON o.observation = c.observation
    LEFT JOIN guid_alias AS a ON o.process_guid = a.guid
    ASOF LEFT JOIN family_skew AS f ON family(o.source) = f.family AND o.at_from >= f.own_from
    ASOF LEFT JOIN skew AS s ON o.stated >= s.stated_from
    WHERE o.stage NOT IN ('hosts', 'ttl') AND (o.stage <> 'cached' OR c.observation IS NOT NULL)
)

SELECT * FROM final
ORDER BY observation
