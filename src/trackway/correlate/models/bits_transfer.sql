-- bits_transfer: each transfer that the BITS service started, and the process that had asked for it.
-- grain:  moment, host_name, process
-- reads:  host_fact, fact_moment, life, process
-- needs:  fact_moment; life; process
-- rule:   the records of a job share its identifier: those that create it or add a file (3, 16403) name the
--         process that asked, the start of a transfer (59) its URL. The PID is whoever held it at that moment.

WITH fact AS (
    SELECT kind, subject AS job, value, pid, at_from AS moment
    FROM host_fact POSITIONAL JOIN fact_moment
    WHERE source LIKE 'bits%' AND subject IS NOT NULL
),

asker AS (
    SELECT DISTINCT f.job, p.process
    FROM fact AS f
    ASOF INNER JOIN life AS l ON f.pid = l.pid AND f.moment >= l.life_from
    INNER JOIN process AS p ON l.start_key = p.instance
    WHERE f.kind IN ('bits_job', 'bits_file') AND (l.life_to IS NULL OR f.moment < l.life_to)
),

final AS (
    SELECT DISTINCT
        f.moment,
        lower(regexp_extract(f.value, '^[A-Za-z]+://(?:[^/@]*@)?([^/:?#, ]+)', 1)) AS host_name,
        a.process
    FROM fact AS f
    INNER JOIN asker AS a ON f.job = a.job
    WHERE f.kind = 'bits_started'
)

SELECT * FROM final
ORDER BY moment, host_name, process
