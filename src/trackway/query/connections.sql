-- connections: the chosen stories on one flat line each, without what explains them.
-- grain:  story
-- reads:  chosen, story, process

WITH picked AS (
    SELECT c.number, s.*
    FROM story AS s
    INNER JOIN chosen AS c
        ON s.host = c.host AND s.time_from = c.time_from AND s.story = c.identifier
    WHERE c.number BETWEEN getvariable('first') AND getvariable('last')
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
        s.names[1].name AS name,
        s.process,
        p.pid,
        p.image,
        p.user,
        s.process_confidence AS confidence,
        s.process_basis AS basis,
        s.bytes_sent,
        s.bytes_received,
        s.sources,
        s.evidence
    FROM picked AS s
    LEFT JOIN process AS p ON s.process = p.process
)

SELECT * EXCLUDE (number) FROM final
ORDER BY number
