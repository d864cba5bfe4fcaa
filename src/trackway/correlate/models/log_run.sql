-- log_run: what each event log still holds: runs of records whose numbers follow each other.
-- grain:  log, first
-- reads:  log_held, kind
-- needs:  kind; log_held
-- rule:   copies of one log (live and shadow) are put together by the numbers of their records.

WITH held AS (
    SELECT
        k.log,
        h.file,
        h.first,
        h.last,
        make_timestamptz(h.time_from) AS time_from,
        make_timestamptz(h.time_to) AS time_to,
        h.is_dirty,
        h.is_full
    FROM log_held AS h
    INNER JOIN (SELECT DISTINCT log FROM kind) AS k ON lower(h.log) = lower(k.log)
),

broken AS (
    SELECT
        *,
        coalesce(first > max(last) OVER earlier + 1, false) AS begins
    FROM held
    WINDOW earlier AS (PARTITION BY log ORDER BY first, last, file ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),

grouped AS (
    SELECT
        *,
        count_if(begins) OVER (PARTITION BY log ORDER BY first, last, file) AS run
    FROM broken
),

final AS (
    SELECT
        log,
        min(first) AS first,
        max(last) AS last,
        min(time_from) AS time_from,
        max(time_to) AS time_to,
        min_by(file, (first, file)) AS file,
        bool_or(is_dirty) AS is_dirty,
        max_by(is_full, (last, file)) AS is_full
    FROM grouped
    GROUP BY log, run
)

SELECT * FROM final
ORDER BY log, first
