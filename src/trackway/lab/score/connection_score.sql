-- connection_score: each connection that the evidence holds, and what was said of its process and name.
-- grain:  connection
-- reads:  true_connection, true_lookup, shown, matched, process_answer, name_answer, rival, said_connection
-- rule:   of several answers about one connection the one with most records counts. A name is stated with
--         a confidence of `stated` or more; below it is unknown. The process is decided where a record
--         names its PID, the name where the answer to its own look-up is on record.

WITH answer AS (
    SELECT m.about, arg_max(m.answer, (m.records, m.answer)) AS answer, count(*) AS answers, min(m.purity) AS purity
    FROM matched AS m
    INNER JOIN said_connection AS s ON m.answer = s.answer
    GROUP BY m.about
),

best AS (
    SELECT answer, name, confidence, is_right
    FROM name_answer
    QUALIFY row_number() OVER (PARTITION BY answer ORDER BY rank, confidence DESC, name) = 1
),

told_name AS (
    SELECT answer, bool_or(is_right) AS among
    FROM name_answer
    GROUP BY answer
),

final AS (
    SELECT
        c.connection,
        c.host,
        c.direction,
        c.via,
        c.attack,
        s.names_process AS process_decided,
        c.lookup IS NOT NULL AS has_name,
        coalesce(w.has_answer, false) AND coalesce(r.near_rivals, 0) = 0 AS name_decided,
        coalesce(r.rivals, 0) AS rivals,
        a.answer,
        a.answers,
        a.purity,
        CASE WHEN a.answer IS NULL THEN 'missing' ELSE coalesce(p.verdict, 'unknown') END AS process_verdict,
        CASE
            WHEN coalesce(p.verdict, 'unknown') = 'right' THEN NULL
            WHEN a.answer IS NULL THEN 'record not used'
            WHEN NOT s.names_process THEN 'no record names a PID'
            WHEN p.verdict = 'wrong' AND p.pid = p.true_pid THEN 'PID reuse'
            WHEN a.purity < 1 THEN 'records of two connections in one'
            WHEN p.verdict = 'wrong' THEN 'another PID'
            WHEN p.has_start THEN 'start not tied'
            ELSE 'other'
        END AS process_cause,
        CASE
            WHEN a.answer IS NULL THEN 'missing'
            WHEN b.confidence >= getvariable('stated') THEN CASE WHEN b.is_right THEN 'right' ELSE 'wrong' END
            WHEN c.lookup IS NULL THEN 'right'
            ELSE 'unknown'
        END AS name_verdict,
        CASE
            WHEN b.confidence >= getvariable('stated') AND b.is_right THEN NULL
            WHEN a.answer IS NULL THEN 'record not used'
            WHEN b.confidence >= getvariable('stated') AND c.lookup IS NULL THEN c.via || ', yet a name'
            WHEN c.lookup IS NULL THEN NULL
            WHEN NOT coalesce(w.has_answer, false) THEN 'answer not on record'
            WHEN b.answer IS NULL THEN 'no candidate'
            WHEN b.confidence < getvariable('stated') THEN 'not sure enough'
            WHEN coalesce(r.near_rivals, 0) > 0 THEN 'shared address, same process'
            WHEN coalesce(t.among, false) THEN 'shared address'
            ELSE 'true name not among the candidates'
        END AS name_cause
    FROM true_connection AS c
    INNER JOIN shown AS s ON c.connection = s.about AND s.has_more
    LEFT JOIN answer AS a ON c.connection = a.about
    LEFT JOIN process_answer AS p ON p.kind = 'connection' AND a.answer = p.answer
    LEFT JOIN best AS b ON a.answer = b.answer
    LEFT JOIN told_name AS t ON a.answer = t.answer
    LEFT JOIN shown AS w ON c.lookup = w.about
    LEFT JOIN rival AS r ON c.connection = r.connection
)

SELECT * FROM final
ORDER BY connection
