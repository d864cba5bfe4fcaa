-- sought_story: of each story what filters and lists read, and the file and row that hold it whole.
-- grain:  story
-- reads:  sited_story, process (what `sought_process` made), relevant
-- note:   the columns of a story go by their own names, so that the filters' queries (`story_chosen`,
--         `story_addresses`) read this table too; they ask for no more of a list's elements than is kept here.

-- a host goes by its short name where no other host has the same
WITH named AS (
    SELECT
        host,
        CASE
            WHEN count(*) OVER (PARTITION BY lower(split_part(host, '.', 1))) = 1 THEN split_part(host, '.', 1)
            ELSE host
        END AS host_short
    FROM (SELECT DISTINCT host FROM sited_story)
),

slim AS (
    SELECT
        * EXCLUDE (requester, names, scripts, evidence),
        CASE WHEN requester.process IS NOT NULL THEN struct_pack(process := requester.process) END AS requester,
        list_transform(names, LAMBDA n: struct_pack(name := n.name, cnames := n.cnames)) AS names,
        list_transform(scripts, LAMBDA c: struct_pack(script := c.script)) AS scripts,
        list_transform(evidence, LAMBDA e: struct_pack(file := e.file)) AS evidence
    FROM sited_story
)

SELECT
    s.story,
    s.host,
    s.time_from,
    s.time_to,
    s.direction,
    s.action,
    s.protocol,
    s.protocol_number,
    s.local_address,
    s.local_port,
    s.remote_address,
    s.remote_port,
    s.remote_name_hint,
    s.process,
    s.process_confidence,
    s.requester,
    s.names,
    s.sources,
    s.scripts,
    s.evidence,
    s.names[1].name AS name,
    h.host_short,
    p.program,
    p.pid,
    p.user,
    o.program AS parent,
    v.marks,
    v.alike,
    v.is_first,
    CAST(v.relevance AS INTEGER) AS relevance,
    s.filename,
    s.file_row_number
FROM slim AS s
INNER JOIN relevant AS v ON s.story = v.story
INNER JOIN named AS h ON s.host = h.host
LEFT JOIN process AS p ON s.process = p.process
LEFT JOIN process AS o ON p.parent = o.process
