-- sysmon_asked: what is known of each thing that Sysmon could have written, for its rules to judge.
-- grain:  ruled, source, connection; without a connection the kind of record as such, of which nothing is known
-- reads:  sysmon_ruled, open_question, witness
-- needs:  sysmon_ruled
-- rule:   what the rules do not ask for is not told, so that many are judged as one.

WITH kind_of_event AS (
    SELECT DISTINCT question, source, CAST(split_part(source, '_', 2) AS BIGINT) AS event_id
    FROM witness
    WHERE source IN ('sysmon_1', 'sysmon_3', 'sysmon_22')
),

met AS (
    SELECT
        q.*,
        r.ruled,
        r.fields,
        r.time_to AS ruled_to,
        list_has_any(r.fields, ['sourceip', 'destinationip', 'sourceisipv6', 'destinationisipv6']) AS by_address,
        list_has_any(r.fields, ['sourceport', 'destinationport']) AS by_port
    FROM open_question AS q
    ASOF INNER JOIN sysmon_ruled AS r ON q.time_from >= r.time_from
),

told AS (
    SELECT
        m.ruled,
        k.source,
        k.event_id,
        m.connection,
        CASE WHEN list_contains(m.fields, 'image') THEN m.image END AS image,
        CASE WHEN k.event_id = 1 AND list_contains(m.fields, 'commandline') THEN m.command_line END AS command_line,
        CASE WHEN k.event_id = 3 THEN m.protocol END AS protocol,
        CASE WHEN k.event_id = 3 THEN m.direction = 'outbound' END AS is_outbound,
        CASE WHEN k.event_id = 3 AND m.by_address THEN m.local_address END AS local_address,
        CASE WHEN k.event_id = 3 AND m.by_port THEN m.local_port END AS local_port,
        CASE WHEN k.event_id = 3 AND m.by_address THEN m.remote_address END AS remote_address,
        CASE WHEN k.event_id = 3 AND m.by_port THEN m.remote_port END AS remote_port
    FROM met AS m
    INNER JOIN kind_of_event AS k ON m.question = k.question
    WHERE m.time_from < m.ruled_to
    UNION ALL
    SELECT r.ruled, k.source, k.event_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM sysmon_ruled AS r
    CROSS JOIN kind_of_event AS k
),

final AS (
    SELECT
        *,
        dense_rank() OVER (
            ORDER BY
                ruled, event_id, image, command_line, protocol, is_outbound, local_address, local_port, remote_address,
                remote_port
        ) AS asked
    FROM told
)

SELECT * FROM final
ORDER BY ruled, source, connection NULLS FIRST
