-- not_seen: the questions each connection leaves open, and why nobody answered.
-- grain:  connection, question, source
-- reads:  connection, owner, process, connection_name, script_match, coverage, witness
-- rule:   a question is open if no link answers it. Each source that could have is named with its state at that
--         moment, as `coverage` has it. A process that a source should have seen start and did not started before
--         the source was on: the state is that of the time before. Where a source was on and yet silent, what goes
--         by it is said.

WITH asked AS (
    SELECT
        c.connection,
        c.time_from,
        c.action,
        c.protocol,
        c.remote_port,
        base_name(p.image) AS program,
        p.pid AS pid,
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

open_question AS (
    SELECT * EXCLUDE (questions), unnest(questions) AS question
    FROM (
        SELECT
            connection,
            time_from,
            action,
            protocol,
            remote_port,
            program,
            pid,
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

interval_of AS (
    SELECT
        v.source,
        v.time_from,
        v.time_to,
        v.state,
        v.reason,
        v.evidence,
        -- the last time before in which a start would have gone by unseen
        last_value(
            CASE
                WHEN v.state NOT IN ('on', 'filtered', 'asleep')
                    THEN {
                        'state': v.state,
                        'reason': v.reason,
                        'evidence': v.evidence,
                        'time_from': v.time_from,
                        'time_to': v.time_to
                    }
            END IGNORE NULLS
        ) OVER (PARTITION BY v.source ORDER BY v.time_from ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier
    FROM coverage AS v
    INNER JOIN (SELECT DISTINCT source FROM witness) AS w ON v.source = w.source
),

met AS (
    SELECT
        q.*,
        w.place,
        w.words,
        w.source,
        v.* EXCLUDE (source, time_from, time_to),
        v.time_from AS state_from,
        v.time_to AS state_to,
        CASE
            WHEN q.question = 'process' AND q.action IN ('blocked', 'failed') AND w.source = 'sysmon_3'
                THEN 'Sysmon writes no event 3 of what was ' || CASE q.action WHEN 'failed' THEN 'not answered' ELSE 'blocked' END
            WHEN q.question = 'process' AND q.protocol NOT IN (6, 17) AND w.source = 'sysmon_3'
                THEN 'Sysmon writes event 3 of TCP and UDP only'
            WHEN q.question = 'process' THEN 'it wrote nothing about these two ends at that moment'
            WHEN q.question = 'start' AND v.earlier IS NULL
                THEN 'it has been on since this evidence begins, so the process most likely started before'
            WHEN q.question = 'script' THEN 'the process ran no block that it wrote at all'
            WHEN q.pid <= 4 THEN 'the kernel made the connection: whoever asked for the name was another process'
            WHEN q.remote_port IN (53, 853) THEN 'a name server is reached by its address: most likely no name was asked for'
            WHEN
                q.program IN (
                    'chrome.exe', 'msedge.exe', 'firefox.exe', 'brave.exe', 'opera.exe', 'vivaldi.exe', 'msedgewebview2.exe'
                )
                THEN 'browsers can ask for names over HTTPS themselves (DoH), and keep answers of their own'
            WHEN q.program IN ('nslookup.exe', 'dig.exe', 'curl.exe', 'python.exe', 'java.exe', 'node.exe')
                THEN 'this program can ask a name server itself, past the resolver of Windows'
            WHEN
                q.program IN ('wslhost.exe', 'wsl.exe', 'wslservice.exe', 'vmmem', 'vmmemwsl', 'vmwp.exe', 'vmware-vmx.exe')
                THEN 'what runs in a virtual machine asks for names in there'
            WHEN q.remote_port IN (1080, 3128, 8080)
                THEN 'behind a proxy only the proxy asks for the name'
            WHEN q.program = 'mssense.exe' THEN 'Defender''s sensor asks for names on behalf of others'
            WHEN q.protocol NOT IN (6, 17) THEN 'this protocol needs no name'
            ELSE 'no answer held this address: the program had it in itself, kept it from before or asked past the resolver'
        END AS bypass
    FROM open_question AS q
    INNER JOIN witness AS w ON q.question = w.question
    ASOF LEFT JOIN interval_of AS v ON w.source = v.source AND q.time_from >= v.time_from
),

final AS (
    SELECT
        connection,
        place,
        words AS question,
        source,
        CASE WHEN is_before THEN earlier.state ELSE coalesce(state, 'unknown') END AS state,
        CASE
            WHEN is_before
                THEN format(
                    'on since {}, so the process most likely started before; then: {}', said(earlier.time_to), earlier.reason
                )
            WHEN state IN ('on', 'filtered') THEN concat_ws('; ', reason, bypass)
            ELSE coalesce(reason, 'the moment lies outside of all evidence of this host')
        END AS reason,
        CASE WHEN is_before THEN earlier.time_from ELSE state_from END AS time_from,
        CASE WHEN is_before THEN earlier.time_to ELSE state_to END AS time_to,
        CASE WHEN is_before THEN earlier.evidence ELSE evidence END AS evidence
    FROM (
        SELECT *, coalesce(question = 'start' AND state IN ('on', 'filtered') AND earlier IS NOT NULL, false) AS is_before
        FROM met
    )
)

SELECT * FROM final
ORDER BY connection, place
