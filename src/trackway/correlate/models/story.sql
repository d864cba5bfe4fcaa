-- story: connections with everything that explains them, as schema.STORY.
-- grain:  story
-- reads:  story_id, connection, connection_member, bind, owner, connection_name, resolution, wire_said, lookup_id,
--         script_match, script, act, requester, not_seen, traffic, connection_traffic, protocol_name; the page
--         from `first` to `last`
-- needs:  story_id
-- note:   the processes stand by identifier; whoever shows a story joins them.

WITH page AS (
    SELECT connection, id, place
    FROM story_id
    WHERE place BETWEEN getvariable('first') AND getvariable('last')
),

cited AS (
    SELECT
        connection,
        list_sort(list(
            {'observation': observation, 'source': source, 'file': file, 'line': line, 'record': record}
        )) AS evidence,
        list_sort(list_distinct(list(source))) AS sources
    FROM (
        SELECT c.connection, m.observation, m.source, m.file, m.line, m.record
        FROM (
            SELECT connection, unnest(observations) AS observation
            FROM connection
            SEMI JOIN page USING (connection)
        ) AS c
        INNER JOIN connection_member AS m ON c.observation = m.observation
        UNION ALL
        SELECT connection, observation, source, file, line, record
        FROM bind
        SEMI JOIN page USING (connection)
    )
    GROUP BY connection
),

-- a list sorts by the first of its fields: the rank, the place
named AS (
    SELECT
        n.connection,
        list_sort(list(
            {
                'rank': n.rank,
                'name': coalesce(r.name, n.asked_name),
                'lookup': l.id,
                'time_from': coalesce(r.time_from, c.time_from),
                'time_to': coalesce(r.time_to, c.time_to),
                'cnames': coalesce(r.cnames, []),
                'confidence': n.confidence,
                'basis': n.basis,
                'reason': n.reason
            }
        )) AS names
    FROM page AS p
    INNER JOIN connection_name AS n ON p.connection = n.connection
    INNER JOIN connection AS c ON p.connection = c.connection
    LEFT JOIN resolution AS r ON n.lookup = r.lookup
    LEFT JOIN lookup_id AS l ON n.lookup = l.lookup
    GROUP BY n.connection
),

-- the wire's count says most; of several records of one source each is a part
counted AS (
    SELECT
        connection,
        arg_min(sent, family <> 'zeek') AS sent,
        arg_min(received, family <> 'zeek') AS received
    FROM (
        SELECT w.connection, family(w.source) AS family, sum(w.sent) AS sent, sum(w.received) AS received
        FROM page AS p
        INNER JOIN wire_said AS w ON p.connection = w.connection
        GROUP BY w.connection, family(w.source)
    )
    GROUP BY connection
),

scripted AS (
    SELECT
        m.connection,
        list_sort(list(
            {
                'rank': m.rank,
                'script': s.script,
                'matches': m.matches,
                'confidence': m.confidence,
                'basis': CASE WHEN len(m.matches) > 0 THEN 'pid+text' ELSE 'pid+time' END,
                'reason': m.reason
            }
        )) AS scripts
    FROM page AS p
    INNER JOIN script_match AS m ON p.connection = m.connection
    INNER JOIN script AS s ON m.script = s.number
    GROUP BY m.connection
),

acted AS (
    SELECT
        a.connection,
        list_sort(list(
            {
                'rank': a.rank,
                'kind': a.kind,
                'subject': a.subject,
                'time': a.moment,
                'reason': a.reason,
                'evidence': a.cite
            }
        )) AS acts
    FROM page AS p
    INNER JOIN act AS a ON p.connection = a.connection
    GROUP BY a.connection
),

blind AS (
    SELECT
        n.connection,
        list_sort(list(
            {
                'place': n.place,
                'question': n.question,
                'source': n.source,
                'state': n.state,
                'reason': n.reason,
                'time_from': n.time_from,
                'time_to': n.time_to,
                'evidence': n.evidence
            }
        )) AS not_seen
    FROM page AS p
    INNER JOIN not_seen AS n ON p.connection = n.connection
    GROUP BY n.connection
),

hourly AS (
    SELECT
        c.connection,
        list_sort(list(
            {
                'time_to': t.time_to,
                'program': t.program,
                'user': t.user,
                'interface': t.interface,
                'time_from': t.time_from,
                'bytes_sent': t.bytes_sent,
                'bytes_received': t.bytes_received,
                'evidence': [{'source': t.source, 'file': t.file, 'line': t.line, 'record': t.record}]
            }
        )) AS traffic
    FROM page AS p
    INNER JOIN connection_traffic AS c ON p.connection = c.connection
    INNER JOIN traffic AS t ON c.observation = t.observation
    GROUP BY c.connection
),

final AS (
    SELECT
        p.id AS story,
        p.place,
        getvariable('host') AS host,
        c.time_from,
        c.time_to,
        c.direction,
        c.action,
        coalesce(t.name, CAST(c.protocol AS VARCHAR)) AS protocol,
        c.protocol AS protocol_number,
        c.local_address,
        c.local_port,
        c.remote_address,
        c.remote_port,
        c.icmp_type,
        c.icmp_code,
        o.process,
        o.confidence AS process_confidence,
        o.basis AS process_basis,
        o.reason AS process_reason,
        CASE
            WHEN o.candidate IS NULL THEN []
            ELSE [
                {
                    'process': o.candidate,
                    'confidence': 0.4,
                    'basis': 'pid+time',
                    'reason': 'the PID meant this instance at the beginning of the time that the record leaves open',
                    'via': NULL
                }
            ]
        END AS process_candidates,
        CASE
            WHEN r.process IS NOT NULL
                THEN {
                    'process': r.process,
                    'confidence': r.confidence,
                    'basis': r.basis,
                    'reason': r.reason,
                    'via': r.via
                }
        END AS requester,
        coalesce(n.names, []) AS names,
        coalesce(s.scripts, []) AS scripts,
        coalesce(a.acts, []) AS acts,
        c.remote_name_hint,
        k.sent AS bytes_sent,
        k.received AS bytes_received,
        coalesce(h.traffic, []) AS traffic,
        e.sources,
        e.evidence,
        coalesce(b.not_seen, []) AS not_seen
    FROM page AS p
    INNER JOIN connection AS c ON p.connection = c.connection
    INNER JOIN cited AS e ON c.connection = e.connection
    LEFT JOIN protocol_name AS t ON c.protocol = t.protocol
    LEFT JOIN owner AS o ON o.kind = 'connection' AND c.connection = o.number
    LEFT JOIN requester AS r ON c.connection = r.connection
    LEFT JOIN named AS n ON c.connection = n.connection
    LEFT JOIN scripted AS s ON c.connection = s.connection
    LEFT JOIN acted AS a ON c.connection = a.connection
    LEFT JOIN blind AS b ON c.connection = b.connection
    LEFT JOIN counted AS k ON c.connection = k.connection
    LEFT JOIN hourly AS h ON c.connection = h.connection
)

SELECT * FROM final
ORDER BY place
