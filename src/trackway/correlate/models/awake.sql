-- awake: the state of each kind of record from interval to interval, without a gap or an overlap.
-- grain:  source, time_from
-- reads:  claim, kind, sysmon_kind, connection_dated
-- needs:  claim; kind
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
    SELECT
        source,
        moment AS time_from,
        CASE WHEN lead(source) OVER ordered = source THEN lead(moment) OVER ordered END AS time_to
    FROM edge
    WINDOW ordered AS (ORDER BY source, moment)
),

-- of each place the claim that began last before the piece
covering AS (
    SELECT p.source, p.time_from, p.time_to, c.place, c.time_from AS claimed_from
    FROM (
        SELECT piece.*, places.place
        FROM piece
        INNER JOIN (SELECT DISTINCT source, place FROM claim) AS places USING (source)
        WHERE piece.time_to IS NOT NULL
    ) AS p
    ASOF INNER JOIN claim AS c ON p.source = c.source AND p.place = c.place AND p.time_from >= c.time_from
    WHERE c.time_to > p.time_from
),

highest AS (
    SELECT source, time_from, time_to, max(place) AS place, arg_max(claimed_from, place) AS claimed_from
    FROM covering
    GROUP BY source, time_from, time_to
),

believed AS (
    SELECT h.source, h.time_from, h.time_to, h.place, c.state, c.reason, c.cites, c.marks
    FROM highest AS h
    INNER JOIN claim AS c ON h.source = c.source AND h.place = c.place AND h.claimed_from = c.time_from
),

ruled AS (
    SELECT b.*, CASE WHEN s.time_to > b.time_from THEN {'state': s.state, 'reason': s.reason, 'cite': s.cite} END AS rule
    FROM believed AS b
    ASOF LEFT JOIN sysmon_kind AS s ON b.source = s.source AND b.time_from >= s.time_from
),

narrowed AS (
    SELECT
        b.*,
        CASE
            WHEN b.state <> 'on' THEN NULL
            WHEN b.rule IS NOT NULL THEN b.rule.reason
            WHEN b.source IN ('sysmon_1', 'sysmon_3', 'sysmon_22')
                THEN 'Sysmon writes what its configuration includes, and this evidence does not hold it'
            WHEN k.manner = 'sampled' THEN 'Defender leaves out and sums up what repeats'
            WHEN
                b.source = 'firewall_log'
                AND NOT EXISTS (SELECT 1 FROM connection_dated WHERE source = 'firewall_log' AND stage = 'permitted')
                THEN 'it holds no line of what was allowed'
        END AS why
    FROM ruled AS b
    INNER JOIN kind AS k ON b.source = k.source
),

explained AS (
    SELECT
        * EXCLUDE (rule) REPLACE (CASE WHEN why IS NULL THEN state ELSE coalesce(rule.state, 'filtered') END AS state),
        CASE WHEN why IS NOT NULL AND rule IS NOT NULL THEN [rule.cite] ELSE [] END AS told
    FROM narrowed
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
            sum(CAST(changes AS INTEGER)) OVER (ORDER BY source, time_from) AS run
        FROM (
            SELECT
                *,
                coalesce(
                    (source, place, state, reason, coalesce(why, ''))
                    <> lag((source, place, state, reason, coalesce(why, ''))) OVER (ORDER BY source, time_from),
                    true
                ) AS changes
            FROM explained
        )
    )
    GROUP BY source, run, state, reason, why
)

SELECT * FROM final
ORDER BY source, time_from
