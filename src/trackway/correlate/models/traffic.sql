-- traffic: what a program sent and received from one writing of SRUM to the next.
-- grain:  one observation
-- reads:  host_fact, fact_moment, volume
-- needs:  fact_moment
-- rule:   all sums are written at once, about every hour and at shutdown: one counts from the writing before, but from
--         no earlier than 65 minutes, since what was before is not known where the host was off or asleep.

WITH sum AS (
    SELECT *
    FROM host_fact POSITIONAL JOIN fact_moment
    WHERE kind = 'program_traffic' AND subject IS NOT NULL
),

writing AS (
    SELECT
        at_from AS time_to,
        greatest(
            coalesce(lag(at_from) OVER (ORDER BY at_from), at_from - INTERVAL 65 MINUTES), at_from - INTERVAL 65 MINUTES
        ) AS time_from
    FROM (SELECT DISTINCT at_from FROM sum)
),

final AS (
    SELECT
        s.observation,
        w.time_from,
        w.time_to,
        s.subject AS program,
        -- a path behind its volume, a name, or the word for a service or a package
        CASE
            WHEN s.image LIKE '%\%' THEN path_tail(s.image)
            ELSE lower(coalesce(s.image, s.subject))
        END AS word,
        coalesce(v.drive, drive_of(s.image)) AS drive,
        lower(nullif(regexp_extract(s.subject, ' \[([^\]]*)\]$', 1), '')) AS service_group,
        s.user,
        CAST(s.value ->> 'bytes_sent' AS BIGINT) AS bytes_sent,
        CAST(s.value ->> 'bytes_received' AS BIGINT) AS bytes_received,
        s.value ->> 'interface' AS interface,
        s.source,
        s.file,
        s.line,
        s.record
    FROM sum AS s
    INNER JOIN writing AS w ON s.at_from = w.time_to
    LEFT JOIN volume AS v ON device_of(s.image) = v.device
)

SELECT * FROM final
ORDER BY observation
