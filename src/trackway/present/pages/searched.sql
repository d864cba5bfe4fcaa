-- searched: what `contains` searches in a story beyond its row, in lower case.
-- grain:  story
-- reads:  story, process, script
-- rule:   `held` is what the process, its ancestors, the requester and the scripts say; `filed` the files cited.

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
        lower(array_to_string(list_sort(list_distinct(list_transform(evidence, LAMBDA e: e.file))), chr(10))) AS filed
    FROM story
),

final AS (
    SELECT
        s.story,
        concat_ws(chr(10), c.text, d.text, t.text, lower(s.remote_name_hint)) AS held,
        j.filed
    FROM story AS s
    INNER JOIN joined AS j ON s.story = j.story
    LEFT JOIN chain AS c ON s.process = c.process
    LEFT JOIN chain AS d ON s.requester.process = d.process
    LEFT JOIN scripted AS t ON s.story = t.story
)

SELECT * FROM final
ORDER BY story
