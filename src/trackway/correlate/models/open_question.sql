-- open_question: the questions that each connection leaves open.
-- grain:  connection, question
-- reads:  connection, owner, process, connection_name, script_match
-- needs:  connection
-- rule:   a question is open if no link answers it.

WITH asked AS (
    SELECT
        c.connection,
        c.time_from,
        c.action,
        c.direction,
        c.protocol,
        c.local_address,
        c.local_port,
        c.remote_address,
        c.remote_port,
        p.image,
        p.command_line,
        p.pid,
        o.process IS NULL AS wants_process,
        p.process IS NOT NULL AND p.parent IS NULL AND coalesce(p.pid, 0) > 4 AS wants_start,
        c.direction <> 'inbound' AND n.connection IS NULL AND NOT is_group(c.remote_address) AS wants_name,
        base_name(p.image) IN ('powershell.exe', 'pwsh.exe', 'powershell_ise.exe') AND s.connection IS NULL AS wants_script
    FROM connection AS c
    LEFT JOIN owner AS o ON o.kind = 'connection' AND c.connection = o.number
    LEFT JOIN process AS p ON o.process = p.process
    LEFT JOIN (SELECT DISTINCT connection FROM connection_name) AS n ON c.connection = n.connection
    LEFT JOIN (SELECT DISTINCT connection FROM script_match) AS s ON c.connection = s.connection
),

final AS (
    SELECT
        * EXCLUDE (wants_process, wants_start, wants_name, wants_script),
        unnest(list_filter(
            [
                CASE WHEN wants_process THEN 'process' END,
                CASE WHEN wants_start THEN 'start' END,
                CASE WHEN wants_name THEN 'name' END,
                CASE WHEN wants_script THEN 'script' END
            ],
            LAMBDA q: q IS NOT NULL
        )) AS question
    FROM asked
)

SELECT * FROM final
ORDER BY connection, question
