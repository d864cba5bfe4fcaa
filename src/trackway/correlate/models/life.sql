-- life: for each PID, who it can have meant from which moment on.
-- grain:  pid, life_from
-- reads:  start, process_placed
-- needs:  process_placed or start
-- rule:   a start opens the life of its instance; an end, or the next start, closes it. After an end,
--         and before the first start, the PID means an instance that nobody named: an event there never
--         belongs to a later start. Records of one end (4689 and Sysmon 5) lie within two seconds. A
--         second after its end a process may still be written about, unless the PID has started anew.

WITH ended AS (
    SELECT
        observation,
        pid,
        time_from,
        time_to,
        coalesce(
            seconds_between(lag(time_to) OVER by_pid, time_from) > 2, true
        ) AS is_new
    FROM process_placed
    WHERE kind = 'ended'
    WINDOW by_pid AS (PARTITION BY pid ORDER BY time_from, observation)
),

grouped_end AS (
    SELECT
        *,
        sum(CASE WHEN is_new THEN 1 ELSE 0 END) OVER (
            PARTITION BY pid ORDER BY time_from, observation ROWS UNBOUNDED PRECEDING
        ) AS number
    FROM ended
),

one_end AS (
    -- the narrower record is the better one
    SELECT pid, max(time_from) AS end_from, min(time_to) AS end_to
    FROM grouped_end
    GROUP BY pid, number
),

bounded_end AS (
    SELECT
        e.pid,
        e.end_from,
        greatest(e.end_from, e.end_to) AS end_to,
        least(
            greatest(e.end_from, e.end_to) + INTERVAL 1 SECOND,
            coalesce(n.start_from - INTERVAL 1 MICROSECOND, TIMESTAMPTZ '9999-01-01 00:00:00+00')
        ) AS life_from
    FROM one_end AS e
    ASOF LEFT JOIN start AS n
        ON e.pid = n.pid AND e.end_from < n.start_from
),

boundary AS (
    SELECT pid, start_from AS life_from, start_key, NULL::TIMESTAMPTZ AS end_at
    FROM start
    UNION ALL
    SELECT pid, life_from, NULL, end_from
    FROM bounded_end
),

-- two starts of one PID that a decoded second puts at one moment: the later key is taken for the later
numbered AS (
    SELECT
        pid,
        life_from,
        start_key,
        end_at,
        lead(life_from) OVER by_pid AS life_to,
        lead(end_at) OVER by_pid AS ended
    FROM boundary
    WINDOW by_pid AS (PARTITION BY pid ORDER BY life_from, start_key NULLS FIRST, end_at)
),

earliest AS (
    SELECT
        pid,
        TIMESTAMPTZ '1900-01-01 00:00:00+00' AS life_from,
        NULL AS start_key,
        NULL::TIMESTAMPTZ AS end_at,
        min(life_from) AS life_to,
        first(end_at ORDER BY life_from, start_key NULLS FIRST, end_at) AS ended
    FROM boundary
    GROUP BY pid
),

final AS (
    SELECT pid, life_from, life_to, start_key, ended
    FROM numbered
    WHERE life_to IS NULL OR life_to > life_from
    UNION ALL
    SELECT pid, life_from, life_to, start_key, ended
    FROM earliest
)

SELECT * FROM final
ORDER BY pid, life_from
