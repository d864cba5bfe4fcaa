-- not_seen: the questions each connection leaves open, and why nobody answered.
-- grain:  connection, question, source
-- reads:  open_question, coverage, witness, bypass, sysmon_asked, sysmon_verdict
-- needs:  open_question
-- rule:   each source that could have answered is named with its state at that moment, as `coverage` has it. A process
--         that a source should have seen start and did not started before the source was on: the state is that of the
--         time before. Where Sysmon's configuration is known, it is on for what its rules would have written, and they
--         are quoted. Where a source was on and yet silent, what goes by it is said.

WITH interval_of AS (
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

judged AS (
    SELECT a.source, a.connection, v.written, v.why
    FROM sysmon_asked AS a
    INNER JOIN sysmon_verdict AS v ON a.asked = v.asked
    WHERE a.connection IS NOT NULL
),

met AS (
    SELECT
        q.*,
        w.place,
        w.words,
        w.source,
        v.* EXCLUDE (source, time_from, time_to, state),
        CASE WHEN v.state = 'filtered' AND d.written THEN 'on' ELSE v.state END AS state,
        d.why IS NOT NULL AND d.written IS NOT TRUE AS is_left_out,
        CASE
            WHEN d.written THEN 'its configuration would have written this (' || d.why || '), and it did not'
            WHEN NOT d.written THEN 'its configuration leaves this out: ' || d.why
            ELSE 'whether its configuration leaves this out cannot be told: ' || d.why
        END AS ruling,
        v.time_from AS state_from,
        v.time_to AS state_to,
        CASE
            WHEN q.question = 'process' AND q.action IN ('blocked', 'failed') AND w.source = 'sysmon_3'
                THEN 'Sysmon writes no event 3 of what was ' || CASE q.action WHEN 'failed' THEN 'not answered' ELSE 'blocked' END
            WHEN q.question = 'process' AND q.protocol NOT IN (6, 17) AND w.source = 'sysmon_3'
                THEN 'Sysmon writes event 3 of TCP and UDP only'
            WHEN q.question = 'process' AND w.source = 'sysmon_3'
                THEN
                    'it wrote nothing about these two ends at that moment: it writes no attempt that nobody answered, and raw '
                    || 'sockets, virtual machines and WSL go past it'
            WHEN q.question = 'process'
                THEN
                    'it wrote nothing about these two ends at that moment: raw sockets, virtual machines and WSL go past it, and '
                    || 'a flow that is used again is written once'
            WHEN q.question = 'start' AND v.earlier IS NULL
                THEN 'it has been on since this evidence begins, so the process most likely started before'
            WHEN q.question = 'script' THEN 'it wrote no block of this process: none ran, or PowerShell 2 did, which writes none'
            WHEN q.pid <= 4 THEN 'the kernel made the connection: whoever asked for the name was another process'
            WHEN q.remote_port IN (53, 853) THEN 'a name server is reached by its address: most likely no name was asked for'
            WHEN q.protocol NOT IN (6, 17) THEN 'this protocol needs no name'
            WHEN b.words IS NOT NULL THEN b.words
            WHEN q.remote_port IN (1080, 3128, 8080, 9050)
                THEN 'behind a proxy only the proxy asks for the name'
            ELSE
                'no answer held this address: the program had it in itself, kept it or the connection from before, or asked past '
                || 'the resolver'
        END AS passed
    FROM open_question AS q
    INNER JOIN witness AS w ON q.question = w.question
    ASOF LEFT JOIN interval_of AS v ON w.source = v.source AND q.time_from >= v.time_from
    LEFT JOIN bypass AS b ON base_name(q.image) = b.program
    LEFT JOIN judged AS d ON w.source = d.source AND q.connection = d.connection
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
            WHEN state IN ('on', 'filtered')
                THEN concat_ws(
                    '; ', coalesce('Sysmon was writing; ' || ruling, reason), CASE WHEN NOT is_left_out THEN passed END
                )
            ELSE coalesce(reason, 'the moment lies outside of all evidence of this host')
        END AS reason,
        CASE WHEN is_before THEN earlier.time_from ELSE state_from END AS time_from,
        CASE WHEN is_before THEN earlier.time_to ELSE state_to END AS time_to,
        CASE WHEN is_before THEN earlier.evidence ELSE evidence END AS evidence
    FROM (
        SELECT
            *,
            coalesce(question = 'start' AND state IN ('on', 'filtered') AND NOT is_left_out AND earlier IS NOT NULL, false)
                AS is_before
        FROM met
    )
)

SELECT * FROM final
ORDER BY connection, place
