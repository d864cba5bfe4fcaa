-- instance: every process instance with all that its records say, its parent still a key.
-- grain:  instance
-- reads:  start, start_image, life, process_placed, connection_placed, dns_placed, reference, reference_owner,
--         volume, host_fact
-- needs:  reference_owner or start
-- rule:   Sysmon 1 speaks before 4688, and that before records that mention the process by the way; the
--         account of the logon session counts where no record of the process names one. An
--         instance that nobody saw start has no start, and its image is the one that mentions it. A path on a volume
--         whose drive letter is known is written with the letter.

WITH told AS (
    SELECT s.start_key AS instance, p.*, CASE p.source WHEN 'sysmon_1' THEN 1 ELSE 2 END AS weight
    FROM start AS s
    INNER JOIN process_placed AS p ON s.guid = p.process_guid AND p.kind = 'started'
    UNION ALL
    SELECT s.start_key, p.*, 2
    FROM start AS s
    INNER JOIN process_placed AS p ON s.security_observation = p.observation
),

creation AS (
    SELECT
        instance,
        arg_min(image, (weight, observation)) AS image,
        arg_min(command_line, (weight, observation)) AS command_line,
        arg_min(user, (weight, observation)) AS user,
        arg_min(logon_id, (weight, observation)) AS logon_id,
        arg_min(session, (weight, observation)) AS session,
        arg_min(integrity, (weight, observation)) AS integrity,
        arg_min("hashes", (weight, observation)) AS "hashes",
        -- the record whose word on the parent counts
        arg_min(observation, (weight, observation)) FILTER (WHERE parent_pid IS NOT NULL) AS parent_told_by
    FROM told
    GROUP BY instance
),

-- a parent that nobody saw start is described by its children
as_parent AS (
    SELECT
        o.instance,
        min(p.parent_image) AS image,
        min(p.parent_command_line) AS command_line
    FROM reference_owner AS o
    INNER JOIN process_placed AS p ON o.kind = 'parent' AND o.number = p.observation
    GROUP BY o.instance
),

by_the_way AS (
    SELECT s.start_key AS instance, min(m.user) AS user
    FROM start AS s
    INNER JOIN (
        SELECT process_guid, user FROM connection_placed WHERE process_guid IS NOT NULL AND user IS NOT NULL
        UNION ALL
        SELECT process_guid, user FROM dns_placed WHERE process_guid IS NOT NULL AND user IS NOT NULL
        UNION ALL
        SELECT process_guid, user FROM process_placed WHERE process_guid IS NOT NULL AND user IS NOT NULL
    ) AS m ON s.guid = m.process_guid
    GROUP BY s.start_key
),

mentioned AS (
    SELECT
        o.instance,
        min(r.pid) AS pid,
        -- a drive-letter path says more than a device path, and a path more than a name
        arg_min(r.image, (r.image ILIKE '\device\%', NOT contains(r.image, '\'), r.image)) AS image
    FROM reference_owner AS o
    INNER JOIN reference AS r ON o.kind = r.kind AND o.number = r.number
    WHERE r.kind <> 'script' OR NOT o.is_named
    GROUP BY o.instance
),

-- the account behind a logon session, where the log names one only: sessions are numbered anew with each boot
logon AS (
    SELECT subject AS session_id, min(user) AS user
    FROM host_fact
    WHERE kind = 'logon' AND user IS NOT NULL
    GROUP BY subject
    HAVING count(DISTINCT lower(user)) = 1
),

last_life AS (
    SELECT start_key AS instance, max(ended) AS ended, max(life_to) AS alive_to
    FROM life
    WHERE start_key IS NOT NULL
    GROUP BY start_key
),

unnamed_life AS (
    SELECT concat_ws(' ', 'unnamed', pid, epoch_us(life_from)) AS prefix, ended, life_to
    FROM life
    WHERE start_key IS NULL
),

key AS (
    SELECT start_key AS instance, guid, pid, start_from, start_to, basis, NULL AS prefix
    FROM start
    UNION ALL
    SELECT
        instance,
        NULL,
        pid,
        NULL,
        NULL,
        NULL,
        regexp_extract(instance, '^unnamed -?\d+ -?\d+')
    FROM mentioned
    WHERE instance LIKE 'unnamed %'
),

final AS (
    SELECT
        k.instance,
        k.guid,
        k.pid,
        k.start_from,
        k.start_to,
        k.basis AS started_basis,
        coalesce(l.ended, u.ended) AS ended,
        coalesce(l.alive_to, u.life_to) AS alive_to,
        coalesce(v.drive || substr(d.image, len(v.device) + 1), d.image) AS image,
        coalesce(c.command_line, a.command_line) AS command_line,
        coalesce(c.user, w.user, g.user) AS user,
        c.logon_id,
        c.session,
        c.integrity,
        c."hashes",
        c.parent_told_by
    FROM key AS k
    LEFT JOIN creation AS c ON k.instance = c.instance
    LEFT JOIN start_image AS i ON k.instance = i.start_key
    LEFT JOIN as_parent AS a ON k.instance = a.instance
    LEFT JOIN by_the_way AS w ON k.instance = w.instance
    LEFT JOIN logon AS g ON lower(c.logon_id) = g.session_id
    LEFT JOIN mentioned AS m ON k.instance = m.instance
    CROSS JOIN LATERAL (SELECT coalesce(c.image, i.image, a.image, m.image) AS image) AS d
    LEFT JOIN volume AS v ON device_of(d.image) = v.device
    LEFT JOIN last_life AS l ON k.instance = l.instance
    LEFT JOIN unnamed_life AS u ON k.prefix = u.prefix
)

SELECT * FROM final
ORDER BY instance
