-- family_skew: what to add to the times of a family of sources from which moment on, to get those of the best clock.
-- grain:  family, own_from (by the family's clock)
-- reads:  family_tie
-- needs:  family_tie
-- rule:   the median over at least three ties with the best clock that has so many; half of them must agree within ten
--         seconds with the eleven ties around them. Where that local median changes by more than two seconds over at
--         least eleven ties, the clock drifts or was set, and is followed; else one median holds for all. What is off by
--         two seconds or less is delay and stays. A family whose best partner is itself off takes its median on, too.

WITH RECURSIVE local AS (
    SELECT *, median(gap_seconds) OVER around AS around_seconds
    FROM family_tie
    WINDOW around AS (
        PARTITION BY family, other ORDER BY own_from, gap_seconds, thing ROWS BETWEEN 5 PRECEDING AND 5 FOLLOWING
    )
),

measured AS (
    SELECT
        family,
        other,
        rank,
        string_agg(DISTINCT what || 's', ', ' ORDER BY what || 's') AS what,
        median(gap_seconds) AS gap_seconds,
        count(*) >= 11 AND quantile_cont(around_seconds, 0.95) - quantile_cont(around_seconds, 0.05) > 2 AS is_moving,
        CASE
            WHEN is_moving
                THEN
                    quantile_cont(gap_seconds - around_seconds, 0.75)
                    - quantile_cont(gap_seconds - around_seconds, 0.25)
            ELSE quantile_cont(gap_seconds, 0.75) - quantile_cont(gap_seconds, 0.25)
        END AS spread_seconds,
        count(*) AS support
    FROM local
    GROUP BY family, other, rank
    HAVING count(*) >= 3
),

best AS (
    SELECT *, CASE WHEN abs(gap_seconds) > 2 OR is_moving THEN gap_seconds ELSE 0 END AS whole_seconds
    FROM measured
    WHERE spread_seconds <= 10
    QUALIFY row_number() OVER (PARTITION BY family ORDER BY rank) = 1
),

walked AS (
    SELECT family, other AS partner, 0::DOUBLE AS beyond_seconds
    FROM best
    UNION ALL
    SELECT w.family, b.other, w.beyond_seconds + b.whole_seconds
    FROM walked AS w
    INNER JOIN best AS b ON w.partner = b.family
),

reached AS (
    SELECT b.*, w.beyond_seconds
    FROM best AS b
    INNER JOIN walked AS w ON b.family = w.family
    ANTI JOIN best AS further ON w.partner = further.family
),

final AS (
    SELECT
        r.family,
        r.other,
        r.what,
        -- before the first tie its own offset holds
        CASE
            WHEN row_number() OVER (PARTITION BY r.family ORDER BY l.own_from) = 1 THEN TIMESTAMPTZ '1900-01-01 00:00:00+00'
            ELSE l.own_from
        END AS own_from,
        r.is_moving,
        coalesce(l.around_seconds, r.whole_seconds) + r.beyond_seconds AS offset_seconds,
        r.spread_seconds,
        r.support
    FROM reached AS r
    LEFT JOIN (
        SELECT family, other, own_from, median(around_seconds) AS around_seconds
        FROM local
        GROUP BY family, other, own_from
    ) AS l ON r.is_moving AND r.family = l.family AND r.other = l.other
    WHERE r.is_moving OR r.whole_seconds + r.beyond_seconds <> 0
)

SELECT * FROM final
ORDER BY family, own_from
