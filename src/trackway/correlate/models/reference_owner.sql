-- reference_owner: which process instance each reference means.
-- grain:  kind, number
-- reads:  reference, life, start, start_image
-- needs:  reference
-- rule:   Sysmon's identifier decides. Else the life of the PID that holds the moment, if the image
--         does not contradict. Else an unnamed instance of that PID, that life and that image: never a
--         later start, never another program. Where another program's record shows that the PID had changed
--         hands unseen, a record without an image is no longer the instance's from five seconds before that on,
--         a look-up comes before its connection, unless the instance is seen again. A record without
--         an image belongs to the one image that others name in the same unnamed life, if it is one.

WITH by_guid AS (
    SELECT r.kind, r.number, s.start_key
    FROM reference AS r
    INNER JOIN start AS s ON r.guid = s.guid
),

at_end AS (
    SELECT
        r.kind,
        r.number,
        r.pid,
        r.time_from,
        r.time_to,
        r.image,
        base_name(r.image) AS base,
        l.start_key,
        base_name(i.image) AS start_base,
        coalesce(base = start_base, true) AS agrees,
        coalesce(l.life_from, TIMESTAMPTZ '1900-01-01 00:00:00+00') AS life_key
    FROM reference AS r
    ANTI JOIN by_guid AS g ON r.kind = g.kind AND r.number = g.number
    ASOF LEFT JOIN life AS l ON r.pid = l.pid AND r.time_to >= l.life_from
    LEFT JOIN start_image AS i ON l.start_key = i.start_key
),

seen_last AS (
    SELECT pid, life_key, max(time_to) AS last_seen
    FROM at_end
    WHERE base = start_base
    GROUP BY pid, life_key
),

handed AS (
    SELECT a.pid, a.life_key, greatest(min(a.time_from) - INTERVAL 5 SECONDS, max(s.last_seen)) AS handed_at
    FROM at_end AS a
    LEFT JOIN seen_last AS s ON a.pid = s.pid AND a.life_key = s.life_key
    WHERE NOT a.agrees AND a.time_from > coalesce(s.last_seen, a.life_key)
    GROUP BY a.pid, a.life_key
),

judged AS (
    SELECT
        a.*,
        a.start_key IS NOT NULL AND a.agrees
        AND (a.base IS NOT NULL OR h.handed_at IS NULL OR a.time_to <= h.handed_at) AS is_named
    FROM at_end AS a
    LEFT JOIN handed AS h ON a.pid = h.pid AND a.life_key = h.life_key
),

only_image AS (
    SELECT pid, life_key, min(base) AS base
    FROM judged
    WHERE NOT is_named AND base IS NOT NULL
    GROUP BY pid, life_key
    HAVING count(DISTINCT base) = 1
),

unguided AS (
    SELECT
        j.kind,
        j.number,
        j.pid,
        j.time_from,
        j.time_to,
        j.image,
        j.is_named,
        j.start_key IS NOT NULL AND NOT j.is_named AS contradicts,
        j.start_base IS NOT NULL AND j.base IS NOT NULL AS image_checked,
        CASE
            WHEN j.is_named THEN j.start_key
            ELSE concat_ws(' ', 'unnamed', j.pid, epoch_us(j.life_key), coalesce(j.base, o.base, '-'))
        END AS instance
    FROM judged AS j
    LEFT JOIN only_image AS o ON j.pid = o.pid AND j.life_key = o.life_key
),

-- the moment is an interval: a start inside it leaves the life before as another candidate
earlier AS (
    SELECT
        u.kind,
        u.number,
        l.start_key AS candidate
    FROM unguided AS u
    ASOF INNER JOIN life AS l ON u.pid = l.pid AND u.time_from >= l.life_from
    INNER JOIN start_image AS i ON l.start_key = i.start_key
    WHERE l.start_key <> u.instance AND image_agrees(u.image, i.image)
),

final AS (
    SELECT
        g.kind,
        g.number,
        g.start_key AS instance,
        'guid' AS basis,
        true AS is_named,
        true AS image_checked,
        false AS contradicts,
        NULL AS candidate
    FROM by_guid AS g
    UNION ALL
    SELECT
        u.kind,
        u.number,
        u.instance,
        'pid+time',
        u.is_named,
        u.image_checked,
        u.contradicts,
        e.candidate
    FROM unguided AS u
    LEFT JOIN earlier AS e ON u.kind = e.kind AND u.number = e.number
)

SELECT * FROM final
ORDER BY kind, number
