-- requester: who asked the BITS service for the transfer that a connection carries.
-- grain:  connection
-- reads:  connection, owner, process, name_candidate, script_group, bits_transfer, process_confidence
-- needs:  connection; owner
-- rule:   BITS downloads for others from a svchost of its own. Its log names the requester: the process whose
--         job started a transfer from a name or the address of the connection, at most five minutes before.
--         Without it the requester is a bitsadmin, or a process whose command line or script block holds
--         Start-BitsTransfer, that started (or ran the block) before the connection and not over an hour
--         before. One whose text holds the likeliest name or the address of the connection is the likeliest, then the
--         nearest. How sure that is stands in words/process_confidence.csv, by the basis, how long before, and, of
--         time, whether a look-up on record gives the connection a name that the text could have held.

WITH carried AS (
    SELECT c.connection, c.time_from, c.time_to, c.remote_address
    FROM connection AS c
    INNER JOIN owner AS o ON o.kind = 'connection' AND c.connection = o.number
    INNER JOIN process AS p ON o.process = p.process
    WHERE upper(p.service) = 'BITS' AND c.direction = 'outbound' AND NOT is_group(c.remote_address)
),

asking AS (
    SELECT process, started AS moment, lower(command_line) AS text
    FROM process
    WHERE
        started IS NOT NULL
        AND (
            (
                base_name(image) = 'bitsadmin.exe'
                AND regexp_matches(command_line, '(?i)/(transfer|addfile|addfileset|create|resume)\b')
            )
            OR command_line ILIKE '%start-bitstransfer%'
        )
    UNION ALL
    SELECT o.process, s.time_from, lower(s.text)
    FROM script_group AS s
    INNER JOIN owner AS o ON o.kind = 'script' AND s.script = o.number
    WHERE s.text ILIKE '%start-bitstransfer%'
),

word AS (
    SELECT c.connection, n.name AS word, n.rank, n.caller <> 'cache' AS is_name
    FROM carried AS c
    INNER JOIN name_candidate AS n ON c.connection = n.connection
    UNION ALL
    SELECT connection, remote_address, 1, false
    FROM carried
),

told AS (
    SELECT
        c.connection,
        t.process,
        min(seconds_between(t.moment, c.time_from)) AS age,
        true AS is_matched,
        true AS is_told,
        true AS is_named
    FROM carried AS c
    INNER JOIN word AS w ON c.connection = w.connection
    INNER JOIN bits_transfer AS t
        ON
            lower(w.word) = t.host_name
            AND t.moment <= c.time_to + INTERVAL 2 SECONDS
            AND t.moment >= c.time_from - INTERVAL 5 MINUTES
    GROUP BY c.connection, t.process
),

candidate AS (
    SELECT
        c.connection,
        a.process,
        seconds_between(a.moment, c.time_from) AS age,
        bool_or(w.rank = 1 AND contains(a.text, w.word)) AS is_matched,
        false AS is_told,
        bool_or(w.is_name) AS is_named
    FROM carried AS c
    INNER JOIN asking AS a
        ON a.moment <= c.time_to AND a.moment >= c.time_from - INTERVAL 1 HOUR
    INNER JOIN word AS w ON c.connection = w.connection
    GROUP BY ALL
),

situated AS (
    SELECT
        connection,
        process,
        CASE WHEN is_told THEN 'job+name+time' WHEN is_matched THEN 'name+time' ELSE 'time' END AS basis,
        concat_ws(
            ', ',
            basis,
            CASE WHEN is_told THEN NULL WHEN age <= 300 THEN 'minutes' ELSE 'hour' END,
            CASE WHEN basis = 'time' AND NOT is_named THEN 'no name' END
        ) AS situation,
        CASE
            WHEN is_told THEN 'the log of BITS names it for a transfer from this destination, started '
            WHEN is_matched THEN 'its command line or script names this destination, '
            ELSE 'it asked BITS for a transfer, '
        END || in_words(age) || CASE WHEN age < 0 THEN ' after' ELSE ' before' END || ' the service connected' AS reason
    FROM (
        SELECT * FROM told
        UNION ALL
        SELECT * FROM candidate
    )
    QUALIFY row_number() OVER (
        PARTITION BY connection ORDER BY NOT is_told, NOT is_matched, age, process
    ) = 1
),

final AS (
    SELECT
        s.connection,
        s.process,
        'bits' AS via,
        CAST(w.confidence AS DOUBLE) AS confidence,
        s.basis,
        s.reason
    FROM situated AS s
    INNER JOIN process_confidence AS w ON w.kind = 'requester' AND s.situation = w.situation
)

SELECT * FROM final
ORDER BY connection
