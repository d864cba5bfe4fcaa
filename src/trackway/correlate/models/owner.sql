-- owner: the process of each connection, look-up and script, with how sure that is.
-- grain:  kind, number
-- reads:  reference_owner, process, connection
-- rule:   provisional confidences, until labelled evidence calibrates them: Sysmon's identifier 0.99; a
--         PID whose life held the moment 0.97 where the image agrees, 0.9 where no record shows it; a PID
--         without a start on record 0.9, since the record itself names PID and image. Two sources that
--         name the same PID for the same five-tuple are worth 0.99. A start within the open interval
--         leaves two candidates.

WITH witnessed AS (
    SELECT 'connection' AS kind, connection AS number, source_count
    FROM connection
),

final AS (
    SELECT
        o.kind,
        o.number,
        p.process,
        CASE
            WHEN o.basis = 'pid+time' AND c.source_count > 1 THEN 'pid+address+time'
            ELSE o.basis
        END AS basis,
        CASE
            WHEN o.basis = 'guid' THEN 0.99
            WHEN o.candidate IS NOT NULL THEN 0.6
            WHEN o.is_named AND o.image_checked AND c.source_count > 1 THEN 0.99
            WHEN o.is_named AND o.image_checked THEN 0.97
            ELSE 0.9
        END AS confidence,
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
)

SELECT * FROM final
ORDER BY kind, number
