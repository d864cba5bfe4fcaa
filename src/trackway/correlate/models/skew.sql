-- skew: what to add to the UtcTime of Sysmon 3 and 22 from which moment on, to get the system's time.
-- grain:  stated_from (UtcTime)
-- reads:  skew_tie, oriented, dns_dated
-- rule:   the median of the eleven ties around a moment, so that a false tie or two do not matter and a
--         drift is followed. Without ties: the record is normally written about a second after the
--         activity; where the typical delay is beyond ten seconds or negative, the clock is off by the
--         difference. Else nothing is known and nothing is added.

WITH tied AS (
    SELECT
        stated,
        median(gap_seconds) OVER around AS offset_seconds,
        greatest(
            quantile_cont(gap_seconds, 0.75) OVER around - quantile_cont(gap_seconds, 0.25) OVER around,
            max(open_seconds) OVER around,
            0.01
        ) AS uncertainty_seconds
    FROM skew_tie
    WINDOW around AS (ORDER BY stated, gap_seconds ROWS BETWEEN 5 PRECEDING AND 5 FOLLOWING)
),

delay AS (
    SELECT
        min(stated) AS stated,
        median(seconds_between(stated, at_from)) AS typical_seconds,
        quantile_cont(seconds_between(stated, at_from), 0.75)
        - quantile_cont(seconds_between(stated, at_from), 0.25) AS spread_seconds,
        count(*) AS support
    FROM (
        SELECT stated, at_from FROM oriented WHERE source = 'sysmon_3' AND stated IS NOT NULL
        UNION ALL
        SELECT stated, at_from FROM dns_dated WHERE source = 'sysmon_22' AND stated IS NOT NULL
    )
),

step AS (
    SELECT
        stated AS stated_from,
        'ties' AS basis,
        median(offset_seconds) AS offset_seconds,
        max(uncertainty_seconds) AS uncertainty_seconds
    FROM tied
    GROUP BY stated
    UNION ALL
    SELECT
        stated,
        'delay',
        typical_seconds - 1.1,
        greatest(spread_seconds, 1.0)
    FROM delay
    WHERE support > 0 AND NOT typical_seconds BETWEEN 0 AND 10 AND (SELECT count(*) FROM skew_tie) = 0
),

final AS (
    SELECT
        -- before the first tie its own offset holds
        CASE WHEN row_number() OVER by_time = 1 THEN TIMESTAMPTZ '1900-01-01 00:00:00+00' ELSE stated_from END AS stated_from,
        basis,
        offset_seconds,
        uncertainty_seconds
    FROM step
    WINDOW by_time AS (ORDER BY stated_from)
)

SELECT * FROM final
ORDER BY stated_from
