-- pause: when the host slept or was off: nothing at all was written, and records at its ends say why.
-- grain:  time_from
-- reads:  heard, kind, told_fact
-- needs:  heard; kind
-- rule:   a silence of all logs counts from five seconds on if a sleep or a shutdown is recorded within 30 s
--         before it, or a wake or a boot within 10 s after it. What was written in between was not slept
--         through, whatever the records of power say.

-- by whole seconds first: what is silent for longer begins and ends in two of them
WITH second AS (
    SELECT epoch_us(h.moment) // 1000000 AS second, min(h.moment) AS first, max(h.moment) AS last
    FROM heard AS h
    INNER JOIN kind AS k ON h.source = k.source
    WHERE k.manner = 'events'
    GROUP BY second
),

silent AS (
    SELECT time_from, time_to
    FROM (SELECT first AS time_to, lag(last) OVER (ORDER BY second) AS time_from FROM second)
    WHERE epoch_us(time_to) - epoch_us(time_from) >= 5000000
),

down AS (
    SELECT DISTINCT ON (moment) moment, kind, cite
    FROM told_fact
    WHERE kind IN ('sleep', 'shutdown', 'log_stopped')
    ORDER BY moment, observation
),

up AS (
    SELECT DISTINCT ON (moment) moment, kind, cite
    FROM told_fact
    WHERE kind IN ('wake', 'boot', 'log_started')
    ORDER BY moment, observation
),

lulled AS (
    SELECT
        s.*,
        CASE WHEN s.time_from - d.moment <= INTERVAL 30 SECONDS THEN d.kind END AS down,
        CASE WHEN s.time_from - d.moment <= INTERVAL 30 SECONDS THEN d.cite END AS down_cite
    FROM silent AS s
    ASOF LEFT JOIN down AS d ON s.time_from >= d.moment
),

woken AS (
    SELECT
        l.*,
        CASE WHEN u.moment - l.time_to <= INTERVAL 10 SECONDS THEN u.kind END AS up,
        CASE WHEN u.moment - l.time_to <= INTERVAL 10 SECONDS THEN u.cite END AS up_cite
    FROM lulled AS l
    ASOF LEFT JOIN up AS u ON l.time_to <= u.moment
),

final AS (
    SELECT
        time_from,
        time_to,
        CASE
            WHEN down = 'sleep' OR (down IS NULL AND up = 'wake') THEN 'the host slept'
            WHEN down IS NOT NULL THEN 'the host was shut down'
            ELSE 'the host was off: nothing was written before it started'
        END AS reason,
        list_filter([down_cite, up_cite], LAMBDA c: c IS NOT NULL) AS cites
    FROM woken
    WHERE down IS NOT NULL OR up IS NOT NULL
)

SELECT * FROM final
ORDER BY time_from
