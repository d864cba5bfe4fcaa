-- story: connections with everything that explains them, as schema.STORY.
-- grain:  story
-- reads:  connection, connection_member, bind, owner, process, name_candidate, lookup, script_match, script,
--         requester, not_seen, protocol_name
-- note:   the processes stand by identifier; whoever shows a story joins them.

WITH cited AS (
    SELECT
        connection,
        list({'source': source, 'file': file, 'line': line, 'record': record} ORDER BY observation) AS evidence,
        list_sort(list_distinct(list(source))) AS sources
    FROM (
        SELECT c.connection, m.observation, m.source, m.file, m.line, m.record
        FROM (SELECT connection, unnest(observations) AS observation FROM connection) AS c
        INNER JOIN connection_member AS m ON c.observation = m.observation
        UNION ALL
        SELECT connection, observation, source, file, line, record
        FROM bind
    )
    GROUP BY connection
),

named AS (
    SELECT
        n.connection,
        list(
            {
                'name': l.name,
                'lookup': l.lookup,
                'time_from': l.time_from,
                'time_to': l.time_to,
                'cnames': l.cnames,
                'confidence': n.confidence,
                'basis': n.basis,
                'rank': n.rank,
                'reason': n.reason
            } ORDER BY n.rank
        ) AS names
    FROM name_candidate AS n
    INNER JOIN lookup AS l ON n.lookup = l.number
    GROUP BY n.connection
),

scripted AS (
    SELECT
        m.connection,
        list(
            {
                'script': s.script,
                'matches': m.matches,
                'confidence': m.confidence,
                'basis': CASE WHEN len(m.matches) > 0 THEN 'pid+text' ELSE 'pid+time' END,
                'rank': m.rank,
                'reason': m.reason
            } ORDER BY m.rank
        ) AS scripts
    FROM script_match AS m
    INNER JOIN script AS s ON m.script = s.number
    GROUP BY m.connection
),

blind AS (
    SELECT
        connection,
        list({'question': question, 'source': source, 'state': state, 'reason': reason} ORDER BY place) AS not_seen
    FROM not_seen
    GROUP BY connection
),

final AS (
    SELECT
        identifier(concat_ws(
            '|', getvariable('host'), 'connection', c.protocol, c.local_address, coalesce(c.local_port, -1),
            c.remote_address, coalesce(c.remote_port, -1), coalesce(c.icmp_type, -1), coalesce(c.icmp_code, -1),
            coalesce(c.pid, -1), c.action, c.direction, epoch_us(c.time_from)
        )) AS story,
        c.connection AS number,
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
        c.remote_name_hint,
        NULL AS bytes_sent,
        NULL AS bytes_received,
        e.sources,
        e.evidence,
        coalesce(b.not_seen, []) AS not_seen
    FROM connection AS c
    INNER JOIN cited AS e ON c.connection = e.connection
    LEFT JOIN protocol_name AS t ON c.protocol = t.protocol
    LEFT JOIN owner AS o ON o.kind = 'connection' AND c.connection = o.number
    LEFT JOIN requester AS r ON c.connection = r.connection
    LEFT JOIN named AS n ON c.connection = n.connection
    LEFT JOIN scripted AS s ON c.connection = s.connection
    LEFT JOIN blind AS b ON c.connection = b.connection
)

SELECT * FROM final
ORDER BY time_from, time_to, story
