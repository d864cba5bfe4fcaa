-- log_bound: from when to when each log says anything, and how we know.
-- grain:  log
-- reads:  kind, log_run
-- needs:  kind or log_run
-- rule:   an event log itself says what it holds. Of an export or a text only the records that were read tell.

WITH run AS (
    SELECT
        log,
        min(time_from) AS time_from,
        max(time_to) AS time_to,
        min(first) AS first,
        max(last) AS last,
        bool_or(is_dirty) AS is_dirty,
        max_by(is_full, last) AS is_full,
        count(*) AS runs,
        min_by(file, first) AS file
    FROM log_run
    GROUP BY log
),

written AS (
    SELECT log, min(first) AS time_from, max(last) AS time_to
    FROM kind
    WHERE log IS NOT NULL AND records > 0
    GROUP BY log
),

final AS (
    SELECT
        log,
        least(r.time_from, w.time_from) AS time_from,
        greatest(r.time_to, w.time_to) AS time_to,
        r.first,
        r.last,
        r.is_dirty,
        r.is_full,
        r.runs,
        r.file
    FROM run AS r
    FULL JOIN written AS w USING (log)
)

SELECT * FROM final
ORDER BY log
