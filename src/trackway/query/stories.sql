-- stories: the chosen stories with everything that explains them, as the design's section 6 shapes them.
-- grain:  story
-- reads:  chosen, story, process, script
-- note:   a script's text is cut to 2,000 characters, and says so; the table `scripts` has the whole.

WITH picked AS (
    SELECT c.number, s.*
    FROM story AS s
    INNER JOIN chosen AS c
        ON s.host = c.host AND s.time_from = c.time_from AND s.story = c.identifier
    WHERE c.number BETWEEN getvariable('first') AND getvariable('last')
),

-- place 0 is the process itself; each ancestor's confidence is that of the link to it
lineage AS (
    SELECT
        p.number,
        unnest(range(1, len(o.ancestors) + 1)) AS place,
        unnest(o.ancestors) AS process,
        unnest(list_slice(list_prepend(o.process, o.ancestors), 1, len(o.ancestors))) AS child
    FROM picked AS p
    INNER JOIN process AS o ON p.process = o.process
),

ancestor AS (
    SELECT
        l.number,
        list(
            process_shape(p, c.parent_confidence, c.parent_basis, c.parent_reason) ORDER BY l.place
        ) AS ancestors
    FROM lineage AS l
    INNER JOIN process AS p ON l.process = p.process
    LEFT JOIN process AS c ON l.child = c.process
    GROUP BY l.number
),

choice AS (
    SELECT
        number,
        unnest(range(1, len(process_candidates) + 1)) AS place,
        unnest(process_candidates) AS choice
    FROM picked
),

candidate AS (
    SELECT
        c.number,
        list(
            process_shape(p, c.choice.confidence, c.choice.basis, c.choice.reason) ORDER BY c.place
        ) AS process_candidates
    FROM choice AS c
    INNER JOIN process AS p ON c.choice.process = p.process
    GROUP BY c.number
),

cited AS (
    SELECT
        number,
        unnest(range(1, len(scripts) + 1)) AS place,
        unnest(scripts) AS cited
    FROM picked
),

scripted AS (
    SELECT
        c.number,
        list(
            {
                'script': s.script,
                'time_from': s.time_from,
                'time_to': s.time_to,
                'kind': s.kind,
                'text': s.text[:2000],
                'text_cut': coalesce(len(s.text) > 2000, false),
                'path': s.path,
                'missing_parts': s.missing_parts,
                'matches': c.cited.matches,
                'confidence': c.cited.confidence,
                'basis': c.cited.basis,
                'rank': c.cited.rank,
                'reason': c.cited.reason
            } ORDER BY c.place
        ) AS scripts
    FROM cited AS c
    INNER JOIN script AS s ON c.cited.script = s.script
    GROUP BY c.number
),

final AS (
    SELECT
        s.number,
        s.story,
        s.host,
        s.time_from,
        s.time_to,
        s.direction,
        s.action,
        s.protocol,
        s.protocol_number,
        s.local_address,
        s.local_port,
        s.remote_address,
        s.remote_port,
        s.icmp_type,
        s.icmp_code,
        process_shape(p, s.process_confidence, s.process_basis, s.process_reason) AS process,
        coalesce(c.process_candidates, []) AS process_candidates,
        coalesce(a.ancestors, []) AS ancestors,
        CASE
            WHEN r.process IS NOT NULL
                THEN struct_insert(
                    process_shape(r, s.requester.confidence, s.requester.basis, s.requester.reason),
                    via := s.requester.via
                )
        END AS requester,
        coalesce(s.names, []) AS names,
        s.remote_name_hint,
        coalesce(t.scripts, []) AS scripts,
        coalesce(s.acts, []) AS acts,
        s.bytes_sent,
        s.bytes_received,
        coalesce(s.traffic, []) AS traffic,
        coalesce(s.sources, []) AS sources,
        coalesce(s.evidence, []) AS evidence,
        coalesce(s.not_seen, []) AS not_seen
    FROM picked AS s
    LEFT JOIN process AS p ON s.process = p.process
    LEFT JOIN process AS r ON s.requester.process = r.process
    LEFT JOIN candidate AS c ON s.number = c.number
    LEFT JOIN ancestor AS a ON s.number = a.number
    LEFT JOIN scripted AS t ON s.number = t.number
)

SELECT * EXCLUDE (number) FROM final
ORDER BY number
