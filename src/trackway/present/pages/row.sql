-- row: one flat line a story, for lists: texts, and numbers that a page can hold.
-- grain:  story
-- reads:  story, process, script, relevant
-- note:   times are microseconds since 1970 as DOUBLE, exact until the year 2255; a list is joined by line
--         feeds; `held` and `filed` are only searched, in lower case.

WITH texted AS (
    SELECT
        process,
        lower(array_to_string([process, image, command_line, user, guid, service, CAST(pid AS VARCHAR)], chr(10))) AS text
    FROM process
),

lineage AS (
    SELECT process, unnest(list_prepend(process, coalesce(ancestors, []))) AS ancestor
    FROM process
),

chain AS (
    SELECT l.process, string_agg(t.text, chr(10) ORDER BY t.text) AS text
    FROM lineage AS l
    INNER JOIN texted AS t ON l.ancestor = t.process
    GROUP BY l.process
),

cited AS (
    SELECT story, unnest(list_transform(scripts, LAMBDA c: c.script)) AS script
    FROM story
),

scripted AS (
    SELECT
        c.story,
        string_agg(
            lower(array_to_string([s.script, s.kind, s.block, s.text, s.path, s.host_application], chr(10))), chr(10)
            ORDER BY s.script
        ) AS text
    FROM cited AS c
    INNER JOIN script AS s ON c.script = s.script
    GROUP BY c.story
),

joined AS (
    SELECT
        story,
        array_to_string(
            list_transform(names, LAMBDA n: n.name)
            || coalesce(flatten(list_transform(names, LAMBDA n: n.cnames)), []), chr(10)
        ) AS names,
        lower(array_to_string(list_sort(list_distinct(list_transform(evidence, LAMBDA e: e.file))), chr(10))) AS filed
    FROM story
),

-- a host goes by its short name where no other host has the same
named AS (
    SELECT
        host,
        CASE
            WHEN count(*) OVER (PARTITION BY lower(split_part(host, '.', 1))) = 1 THEN split_part(host, '.', 1)
            ELSE host
        END AS host_short
    FROM (SELECT DISTINCT host FROM story)
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
        j.names,
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
        CAST(v.relevance AS DOUBLE) AS relevance,
        lower(concat_ws(chr(10), c.text, d.text, t.text, s.remote_name_hint)) AS held,
        j.filed
    FROM story AS s
    INNER JOIN relevant AS v ON s.story = v.story
    INNER JOIN joined AS j ON s.story = j.story
    INNER JOIN named AS h ON s.host = h.host
    LEFT JOIN process AS p ON s.process = p.process
    LEFT JOIN process AS o ON p.parent = o.process
    LEFT JOIN process AS r ON s.requester.process = r.process
    LEFT JOIN chain AS c ON s.process = c.process
    LEFT JOIN chain AS d ON s.requester.process = d.process
    LEFT JOIN scripted AS t ON s.story = t.story
)

SELECT * FROM final
ORDER BY host, time_from NULLS FIRST, time_to NULLS LAST, story
