-- answered: every address that a look-up was told.
-- grain:  lookup, address, as often as its records tell it
-- reads:  resolution, owner, process, cache_lookup
-- needs:  resolution
-- rule:   rows of the resolver's cache stand apart, in cache_name. A look-up by a process that resolves
--         for others (the Dnscache service, Defender's MsSense.exe) counts as asked by nobody known.

WITH final AS (
    SELECT
        r.lookup,
        lower(r.name) AS name,
        unnest(r.addresses) AS address,
        r.time_from,
        r.time_to,
        CASE
            WHEN p.service = 'Dnscache' OR base_name(p.image) = 'mssense.exe' THEN NULL
            ELSE o.process
        END AS process
    FROM resolution AS r
    LEFT JOIN owner AS o ON o.kind = 'lookup' AND r.lookup = o.number
    LEFT JOIN process AS p ON o.process = p.process
    ANTI JOIN cache_lookup AS k ON r.lookup = k.lookup_key
    WHERE len(r.addresses) > 0
)

SELECT * FROM final
ORDER BY lookup, address
