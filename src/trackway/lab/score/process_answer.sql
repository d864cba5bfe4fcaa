-- process_answer: every statement "this process did it", judged.
-- grain:  kind, answer
-- reads:  said_process, matched, true_doer, true_process, shown
-- rule:   a process is named by PID and start. With the wrong PID, or the start of another, it is wrong;
--         with the right PID and no start it is right where the evidence has no start of it, else the
--         instance is unknown.

WITH asked AS (
    SELECT
        s.kind,
        s.answer,
        m.about,
        s.pid,
        s.started,
        s.image,
        s.confidence,
        s.basis,
        d.process
    FROM said_process AS s
    INNER JOIN matched AS m ON s.answer = m.answer
    INNER JOIN true_doer AS d ON s.kind = d.kind AND m.about = d.about
),

final AS (
    SELECT
        a.kind,
        a.answer,
        a.about,
        a.pid,
        a.started,
        a.confidence,
        a.basis,
        a.image AS said_image,
        p.image AS true_image,
        p.pid AS true_pid,
        p.started AS true_started,
        coalesce(w.has_start, false) AS has_start,
        CASE
            WHEN a.pid IS NULL THEN 'unknown'
            WHEN a.pid <> p.pid THEN 'wrong'
            WHEN same_start(a.started, p.started) THEN 'right'
            WHEN a.started IS NOT NULL THEN 'wrong'
            WHEN has_start THEN 'unknown'
            ELSE 'right'
        END AS verdict
    FROM asked AS a
    INNER JOIN true_process AS p ON a.process = p.process
    LEFT JOIN shown AS w ON a.process = w.about
)

SELECT * FROM final
ORDER BY kind, answer
