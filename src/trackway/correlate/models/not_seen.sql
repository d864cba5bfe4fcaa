-- not_seen: the questions each connection leaves open, and why nobody answered.
-- grain:  connection, question, source
-- reads:  connection, owner, process, name_candidate, script_match, coverage, witness
-- rule:   a question is open if no link answers it. Of each source that could have: `not_collected` if this
--         evidence holds no record of it for this host, `outside` if its records begin after or end before
--         the moment, `silent` if it was writing around the moment and not about this.

WITH asked AS (
    SELECT
        c.connection,
        c.time_from,
        c.time_to,
        o.process IS NULL AS wants_process,
        p.process IS NOT NULL AND p.parent IS NULL AND coalesce(p.pid, 0) > 4 AS wants_start,
        c.direction <> 'inbound' AND n.connection IS NULL AND NOT is_group(c.remote_address) AS wants_name,
        base_name(p.image) IN ('powershell.exe', 'pwsh.exe', 'powershell_ise.exe') AND s.connection IS NULL AS wants_script
    FROM connection AS c
    LEFT JOIN owner AS o ON o.kind = 'connection' AND c.connection = o.number
    LEFT JOIN process AS p ON o.process = p.process
    LEFT JOIN (SELECT DISTINCT connection FROM name_candidate) AS n ON c.connection = n.connection
    LEFT JOIN (SELECT DISTINCT connection FROM script_match) AS s ON c.connection = s.connection
),

open_question AS (
    SELECT connection, time_from, time_to, unnest(questions) AS question
    FROM (
        SELECT
            connection,
            time_from,
            time_to,
            list_filter(
                [
                    CASE WHEN wants_process THEN 'process' END,
                    CASE WHEN wants_start THEN 'start' END,
                    CASE WHEN wants_name THEN 'name' END,
                    CASE WHEN wants_script THEN 'script' END
                ],
                LAMBDA q: q IS NOT NULL
            ) AS questions
        FROM asked
    )
),

final AS (
    SELECT
        q.connection,
        w.place,
        w.words AS question,
        w.source,
        CASE
            WHEN v.source IS NULL THEN 'not_collected'
            WHEN q.time_to < v.first OR q.time_from > v.last THEN 'outside'
            ELSE 'silent'
        END AS state,
        CASE
            WHEN v.source IS NULL THEN 'this evidence holds no ' || w.source || ' record of this host'
            WHEN q.time_to < v.first OR q.time_from > v.last
                THEN format(
                    'the {} records of this host run from {} to {} only',
                    w.source, strftime(v.first, '%Y-%m-%dT%H:%M:%SZ'), strftime(v.last, '%Y-%m-%dT%H:%M:%SZ')
                )
            ELSE w.source || ' was being written around that moment, but not about this'
        END AS reason
    FROM open_question AS q
    INNER JOIN witness AS w ON q.question = w.question
    LEFT JOIN coverage AS v ON w.source = v.source
)

SELECT * FROM final
ORDER BY connection, place
