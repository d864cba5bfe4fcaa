-- doing_score: each look-up, script and start that the evidence holds, and what was said of its process.
-- grain:  kind, about
-- reads:  true_doer, shown, matched, said_process, process_answer
-- rule:   a process is stated with a confidence of `stated` or more, as a name is; below it is unknown.
-- note:   for a start the process in question is the parent.

WITH answer AS (
    SELECT s.kind, m.about, arg_max(m.answer, (m.records, m.answer)) AS answer
    FROM matched AS m
    INNER JOIN said_process AS s ON m.answer = s.answer
    WHERE s.kind <> 'connection'
    GROUP BY ALL
),

final AS (
    SELECT
        d.kind,
        d.about,
        s.names_process AS decided,
        CASE
            WHEN a.answer IS NULL THEN 'missing'
            WHEN p.confidence < getvariable('stated') THEN 'unknown'
            ELSE coalesce(p.verdict, 'unknown')
        END AS verdict,
        CASE
            WHEN p.verdict = 'right' AND coalesce(p.confidence >= getvariable('stated'), true) THEN NULL
            WHEN p.confidence < getvariable('stated') THEN 'not sure enough'
            WHEN a.answer IS NULL THEN 'record not used'
            WHEN NOT s.names_process THEN 'no record names a PID'
            WHEN p.verdict = 'wrong' AND p.pid = p.true_pid THEN 'PID reuse'
            WHEN p.verdict = 'wrong' THEN 'another PID'
            ELSE 'other'
        END AS cause,
        coalesce(
            d.kind = 'lookup' AND s.names_process AND p.verdict = 'wrong'
            AND base_name(p.said_image) IN ('svchost.exe', 'mssense.exe'), false
        ) AS blames_service
    FROM true_doer AS d
    INNER JOIN shown AS s ON d.about = s.about
    LEFT JOIN answer AS a ON d.kind = a.kind AND d.about = a.about
    LEFT JOIN process_answer AS p ON d.kind = p.kind AND a.answer = p.answer
    WHERE
        d.kind <> 'connection'
        AND (d.kind <> 'parent' OR s.has_start)
        AND (d.kind <> 'requester' OR a.answer IS NOT NULL)
)

SELECT * FROM final
ORDER BY kind, about
