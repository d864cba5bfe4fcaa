-- owner: the process of each connection, look-up and script, with how sure that is.
-- grain:  kind, number
-- reads:  reference_owner, process, connection, process_confidence
-- needs:  process; reference_owner
-- rule:   how sure a process is stands in words/process_confidence.csv, by what is asked about and the reason.
--         Two sources that name the same PID for the same five-tuple are worth more than one. A start within
--         the open interval leaves two candidates.

WITH witnessed AS (
    SELECT 'connection' AS kind, connection AS number, source_count
    FROM connection
),

situated AS (
    SELECT
        o.kind,
        o.number,
        p.process,
        CASE
            WHEN o.basis = 'pid+time' AND c.source_count > 1 THEN 'pid+address+time'
            ELSE o.basis
        END AS basis,
        CASE
            WHEN o.basis = 'guid' THEN 'a record names the instance by its identifier'
            WHEN o.candidate IS NOT NULL
                THEN 'the PID changed hands within the time that the record leaves open'
            WHEN o.contradicts
                THEN 'the PID belonged to another program by the last start on record; this one''s start is missing'
            WHEN NOT o.is_named THEN 'the record names this PID; no start of it is on record before that'
            WHEN o.image_checked AND c.source_count > 1
                THEN 'several sources name this PID for the same addresses and ports, and its image agrees'
            WHEN o.image_checked THEN 'the PID meant this instance at that moment, and its image agrees'
            ELSE 'the PID meant this instance at that moment'
        END AS reason,
        q.process AS candidate
    FROM reference_owner AS o
    INNER JOIN process AS p ON o.instance = p.instance
    LEFT JOIN process AS q ON o.candidate = q.instance
    LEFT JOIN witnessed AS c ON o.kind = c.kind AND o.number = c.number
    WHERE o.kind IN ('connection', 'lookup', 'script')
),

final AS (
    SELECT
        s.kind,
        s.number,
        s.process,
        s.basis,
        CAST(w.confidence AS DOUBLE) AS confidence,
        s.reason,
        s.candidate
    FROM situated AS s
    INNER JOIN process_confidence AS w ON s.kind = w.kind AND s.reason = w.situation
)

SELECT * FROM final
ORDER BY kind, number
