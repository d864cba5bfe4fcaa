-- lookup: name resolutions as schema.LOOKUP.
-- grain:  lookup
-- reads:  resolution, owner, dns_placed, status_text
-- rule:   a look-up that only the resolver service wrote about, without naming its client, has no process:
--         it is never the service's own.

WITH cited AS (
    SELECT
        m.lookup_key,
        list({'source': m.source, 'file': m.file, 'line': m.line, 'record': m.record} ORDER BY m.observation) AS evidence
    FROM lookup_member AS m
    GROUP BY m.lookup_key
),

final AS (
    SELECT
        identifier(concat_ws(
            '|', getvariable('host'), 'lookup', lower(r.name), coalesce(r.pid, -1), coalesce(r.query_type, -1),
            epoch_us(r.time_from), coalesce(r.status, -1), row_number() OVER (
                PARTITION BY lower(r.name), r.pid, r.query_type, r.time_from, r.status ORDER BY r.lookup
            )
        )) AS lookup,
        r.lookup AS number,
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
            'only the resolver service wrote about it, and its records do not name the process that asked'
        ) AS process_reason,
        r.sources,
        NULL AS time_reason,
        c.evidence
    FROM resolution AS r
    INNER JOIN cited AS c ON r.lookup_key = c.lookup_key
    LEFT JOIN owner AS o ON o.kind = 'lookup' AND r.lookup = o.number
    LEFT JOIN status_text AS t ON r.status = t.status
)

SELECT * FROM final
ORDER BY time_from, time_to, lookup
