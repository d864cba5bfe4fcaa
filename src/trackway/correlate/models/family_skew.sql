-- family_skew: what to add to the times of a family of sources to get those of the best clock of this host.
-- grain:  family
-- reads:  family_tie
-- rule:   the median over at least three ties with the best clock that has so many; half of them must agree within
--         ten seconds. What is off by two seconds or less is delay and stays. A family whose best partner is itself
--         off takes that on, too.

WITH RECURSIVE measured AS (
    SELECT
        family,
        other,
        rank,
        median(gap_seconds) AS gap_seconds,
        quantile_cont(gap_seconds, 0.75) - quantile_cont(gap_seconds, 0.25) AS spread_seconds,
        count(*) AS support
    FROM family_tie
    GROUP BY family, other, rank
    HAVING count(*) >= 3
),

best AS (
    SELECT
        family,
        other,
        CASE WHEN abs(gap_seconds) > 2 THEN gap_seconds ELSE 0 END AS gap_seconds,
        spread_seconds,
        support
    FROM measured
    WHERE spread_seconds <= 10
    QUALIFY row_number() OVER (PARTITION BY family ORDER BY rank) = 1
),

walked AS (
    SELECT family, family AS partner, 0::DOUBLE AS offset_seconds
    FROM best
    UNION ALL
    SELECT w.family, b.other, w.offset_seconds + b.gap_seconds
    FROM walked AS w
    INNER JOIN best AS b ON w.partner = b.family
),

final AS (
    SELECT
        w.family,
        b.other,
        w.offset_seconds,
        b.spread_seconds,
        b.support
    FROM walked AS w
    INNER JOIN best AS b ON w.family = b.family
    ANTI JOIN best AS further ON w.partner = further.family
    WHERE w.offset_seconds <> 0
)

SELECT * FROM final
ORDER BY family
