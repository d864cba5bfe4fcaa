-- awake: the state of each kind of record from interval to interval, without a gap or an overlap.
-- grain:  source, time_from
-- reads:  claim, kind, sysmon_kind, connection_dated
-- rule:   of the claims that cover a moment the one of the highest place is believed. What leaves records out by
--         a configuration or a quota is `filtered` where it would be on.

WITH edge AS (
    SELECT source, time_from AS moment
    FROM claim
    UNION
    SELECT source, time_to
    FROM claim
    UNION
    SELECT source, unnest([time_from, time_to])
    FROM sysmon_kind
),

piece AS (
    SELECT source, moment AS time_from, lead(moment) OVER (PARTITION BY source ORDER BY moment) AS time_to
    FROM edge
),

-- of each place the claim that began last before the piece
covering AS (
    SELECT p.source, p.time_from, p.time_to, c.place, c.state, c.reason, c.cites, c.marks
    FROM (
        SELECT piece.*, places.place
        FROM piece
        INNER JOIN (SELECT DISTINCT source, place FROM claim) AS places USING (source)
        WHERE piece.time_to IS NOT NULL
    ) AS p
    ASOF INNER JOIN claim AS c ON p.source = c.source AND p.place = c.place AND p.time_from >= c.time_from
    WHERE c.time_to > p.time_from
),

believed AS (
    SELECT *
    FROM covering
    QUALIFY row_number() OVER (PARTITION BY source, time_from ORDER BY place DESC) = 1
),

ruled AS (
    SELECT b.*, CASE WHEN s.time_to > b.time_from THEN {'state': s.state, 'reason': s.reason, 'cite': s.cite} END AS rule
    FROM believed AS b
    ASOF LEFT JOIN sysmon_kind AS s ON b.source = s.source AND b.time_from >= s.time_from
),

explained AS (
    SELECT
        b.* EXCLUDE (rule) REPLACE (
            CASE WHEN b.state <> 'on' OR f.why IS NULL THEN b.state ELSE coalesce(b.rule.state, 'filtered') END AS state
        ),
        CASE WHEN b.state = 'on' THEN f.why END AS why,
        CASE WHEN b.state = 'on' AND b.rule IS NOT NULL THEN [b.rule.cite] ELSE [] END AS told
    FROM ruled AS b
    INNER JOIN kind AS k ON b.source = k.source
    CROSS JOIN LATERAL (
        SELECT
            CASE
                WHEN b.rule IS NOT NULL THEN b.rule.reason
                WHEN k.source IN ('sysmon_1', 'sysmon_3', 'sysmon_22')
                    THEN 'Sysmon writes what its configuration includes, and this evidence does not hold it'
                WHEN k.manner = 'sampled' THEN 'Defender leaves out and sums up what repeats'
                WHEN
                    k.source = 'firewall_log'
                    AND NOT EXISTS (SELECT 1 FROM connection_dated WHERE source = 'firewall_log' AND stage = 'permitted')
                    THEN 'it holds no line of what was allowed'
            END AS why
    ) AS f
),

final AS (
    SELECT
        source,
        min(time_from) AS time_from,
        max(time_to) AS time_to,
        state,
        concat_ws('; ', reason, why) AS reason,
        min_by(cites, time_from) AS cites,
        min_by(marks, time_from) AS marks,
        min_by(told, time_from) AS told
    FROM (
        SELECT
            *,
            sum(CAST(changes AS INTEGER)) OVER (PARTITION BY source ORDER BY time_from) AS run
        FROM (
            SELECT
                *,
                coalesce(
                    (place, state, reason, coalesce(why, ''))
                    <> lag((place, state, reason, coalesce(why, ''))) OVER (PARTITION BY source ORDER BY time_from),
                    true
                ) AS changes
            FROM explained
        )
    )
    GROUP BY source, run, state, reason, why
)

SELECT * FROM final
ORDER BY source, time_from
