-- answer: which name had which address, by whose look-up, from which moment on.
-- grain:  pair, asker, time_from
-- reads:  resolution, owner, process
-- rule:   a look-up by a process that resolves for others (the Dnscache service, Defender's MsSense.exe)
--         counts as asked by nobody known.
-- note:   `pair` numbers the different (address, name), names without regard to letter case; `asker`
--         numbers the processes that asked, 0 where none is known.

WITH answered AS (
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
    WHERE len(r.addresses) > 0
),

final AS (
    SELECT
        dense_rank() OVER (ORDER BY address, name) AS pair,
        CASE WHEN process IS NULL THEN 0 ELSE dense_rank() OVER (ORDER BY process NULLS FIRST) END AS asker,
        address,
        name,
        process,
        time_from,
        max(time_to) AS time_to,
        min(lookup) AS lookup
    FROM answered
    GROUP BY address, name, process, time_from
)

SELECT * FROM final
ORDER BY pair, time_from, asker
