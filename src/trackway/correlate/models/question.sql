-- question: which look-up each record belongs to that names its caller.
-- grain:  one DNS observation with a PID, written in or about the caller
-- reads:  dns_placed
-- needs:  dns_placed
-- rule:   the records of one PID, name and type are one look-up until it has completed and is asked
--         again, or half a minute passes. Sysmon 22 has no type and stands alone here; it joins in
--         lookup_member.

WITH called AS (
    SELECT observation, source, record, pid, name, query_type, status, stage, time_from, time_to
    FROM dns_placed
    WHERE source IN ('dns_client_3006', 'dns_client_3008') AND pid IS NOT NULL
),

flagged AS (
    SELECT
        *,
        coalesce(
            seconds_between(lag(time_to) OVER by_time, time_from) > 30
            OR lag(stage) OVER by_time = 'completed',
            true
        ) AS opens
    FROM called
    WINDOW by_time AS (
        PARTITION BY pid, lower(name), query_type
        ORDER BY time_from, record, observation
    )
),

numbered AS (
    SELECT
        * EXCLUDE (opens),
        sum(CASE WHEN opens THEN 1 ELSE 0 END) OVER (
            PARTITION BY pid, lower(name), query_type
            ORDER BY time_from, record, observation
            ROWS UNBOUNDED PRECEDING
        ) AS number
    FROM flagged
),

final AS (
    SELECT
        *,
        min(observation) OVER (PARTITION BY pid, lower(name), query_type, number) AS question
    FROM numbered
)

SELECT * EXCLUDE (number) FROM final
ORDER BY observation
