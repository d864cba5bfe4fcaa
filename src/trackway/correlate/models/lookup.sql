-- lookup: name resolutions as schema.LOOKUP.
-- grain:  lookup
-- reads:  lookup_id, lookup_member, resolution, owner, cache_lookup,
--         status_text; the page from `first` to `last`
-- needs:  lookup_id
-- rule:   a look-up that only the resolver service wrote about, without naming its client, has no process:
--         it is never the service's own.

WITH page AS (
    SELECT lookup, id, place
    FROM lookup_id
    WHERE place BETWEEN getvariable('first') AND getvariable('last')
),

cited AS (
    SELECT
        m.lookup,
        list_sort(list(
            {'observation': m.observation, 'source': m.source, 'file': m.file, 'line': m.line, 'record': m.record}
        )) AS evidence
    FROM page AS p
    INNER JOIN lookup_member AS m ON p.lookup = m.lookup
    GROUP BY m.lookup
),

final AS (
    SELECT
        p.id AS lookup,
        p.place,
        getvariable('host') AS host,
        r.time_from,
        r.time_to,
        r.name,
        r.query_type,
        r.status,
        CASE
            WHEN r.status = 87 AND r.query_type = 1
                THEN 'probe of a dual-stack look-up, not a failure'
            ELSE coalesce(t.text, 'status ' || r.status)
        END AS status_text,
        r.addresses,
        r.cnames,
        r.answered_from,
        r.servers,
        o.process,
        o.confidence AS process_confidence,
        o.basis AS process_basis,
        coalesce(
            o.reason,
            CASE WHEN k.lookup_key IS NOT NULL THEN 'the resolver''s cache does not say who asked' END,
            CASE WHEN r.sources = ['zeek_dns'] THEN 'a sensor on the wire sees no process' END,
            'only the resolver service wrote about it, and its records do not name the process that asked'
        ) AS process_reason,
        r.sources,
        k.time_reason,
        c.evidence
    FROM page AS p
    INNER JOIN resolution AS r ON p.lookup = r.lookup
    INNER JOIN cited AS c ON r.lookup = c.lookup
    LEFT JOIN owner AS o ON o.kind = 'lookup' AND r.lookup = o.number
    LEFT JOIN (SELECT lookup_key, min(time_reason) AS time_reason FROM cache_lookup GROUP BY lookup_key) AS k
        ON r.lookup = k.lookup_key
    LEFT JOIN status_text AS t ON r.status = t.status
)

SELECT * FROM final
ORDER BY place
