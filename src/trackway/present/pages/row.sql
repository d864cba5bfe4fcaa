-- row: one flat line a story, for lists: texts, and numbers that a page can hold.
-- grain:  story
-- reads:  story, process, relevant
-- note:   times are microseconds since 1970 as DOUBLE, exact until the year 2255; a list is joined by line
--         feeds.

-- a host goes by its short name where no other host has the same
WITH named AS (
    SELECT
        host,
        CASE
            WHEN count(*) OVER (PARTITION BY lower(split_part(host, '.', 1))) = 1 THEN split_part(host, '.', 1)
            ELSE host
        END AS host_short
    FROM (SELECT DISTINCT host FROM story)
),

worded AS (
    SELECT
        *,
        array_to_string(
            list_transform(names, LAMBDA n: n.name)
            || coalesce(flatten(list_transform(names, LAMBDA n: n.cnames)), []), chr(10)
        ) AS joined
    FROM story
),

final AS (
    SELECT
        s.story,
        s.host,
        h.host_short,
        CAST(epoch_us(s.time_from) AS DOUBLE) AS time_from,
        CAST(epoch_us(s.time_to) AS DOUBLE) AS time_to,
        s.direction,
        s.action,
        s.protocol,
        CAST(s.protocol_number AS DOUBLE) AS protocol_number,
        s.local_address,
        CAST(s.local_port AS DOUBLE) AS local_port,
        s.remote_address,
        CAST(s.remote_port AS DOUBLE) AS remote_port,
        coalesce(s.names[1].name, s.remote_address) AS destination,
        s.names[1].name AS name,
        s.joined AS names,
        coalesce(base_of(p.image), 'unknown process') AS process,
        p.image,
        CAST(p.pid AS DOUBLE) AS pid,
        p.user,
        base_of(o.image) AS parent,
        r.image AS requester_image,
        CAST(r.pid AS DOUBLE) AS requester_pid,
        r.user AS requester_user,
        s.process_confidence AS confidence,
        array_to_string(s.sources, chr(10)) AS sources,
        CAST(len(s.scripts) AS DOUBLE) AS scripts,
        CAST(v.marks AS DOUBLE) AS marks,
        CAST(v.relevance AS DOUBLE) AS relevance
    FROM worded AS s
    INNER JOIN relevant AS v ON s.story = v.story
    INNER JOIN named AS h ON s.host = h.host
    LEFT JOIN process AS p ON s.process = p.process
    LEFT JOIN process AS o ON p.parent = o.process
    LEFT JOIN process AS r ON s.requester.process = r.process
)

SELECT * FROM final
ORDER BY host, time_from NULLS FIRST, time_to NULLS LAST, story
