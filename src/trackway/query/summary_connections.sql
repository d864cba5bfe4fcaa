-- summary_connections: connections by process and destination, outbound or all others or both, the most telling first.
-- grain:  host, direction, image, destination, port
-- reads:  story, process
-- rule:   a connection has up to three marks: its process ran a script, is an interpreter (or another program
--         that fetches and runs what it is told to), or descends from a program that opens documents. Groups
--         with more marks come first, then groups with more connections, then earlier ones. A mark is no
--         judgement: it says where to look first.
-- note:   `called` is what sources call an address for which no name is known: a hint, and never a group of its own.
--         the port is the service's: the remote one, but of an inbound connection the local one.

WITH interpreter(image) AS (
    VALUES ('powershell.exe'), ('pwsh.exe'), ('powershell_ise.exe'), ('cmd.exe'), ('mshta.exe'), ('wscript.exe'),
    ('cscript.exe'), ('rundll32.exe'), ('regsvr32.exe'), ('certutil.exe'), ('bitsadmin.exe'), ('msbuild.exe'),
    ('installutil.exe'), ('wmic.exe'), ('python.exe'), ('pythonw.exe'), ('node.exe'), ('java.exe')
),

document(image) AS (
    VALUES ('winword.exe'), ('excel.exe'), ('powerpnt.exe'), ('outlook.exe'), ('onenote.exe'), ('msaccess.exe'),
    ('mspub.exe'), ('visio.exe'), ('acrord32.exe'), ('acrobat.exe'), ('hh.exe'), ('wordpad.exe'), ('mshta.exe'),
    ('wscript.exe'), ('cscript.exe')
),

opened AS (
    SELECT DISTINCT p.process
    FROM (SELECT process, unnest(ancestors) AS ancestor FROM process) AS p
    INNER JOIN process AS a ON p.ancestor = a.process
    INNER JOIN document AS d ON lower(base_of(a.image)) = d.image
),

sent AS (
    SELECT
        s.host,
        s.direction,
        coalesce(base_of(p.image), 'unknown process') AS image,
        coalesce(s.names[1].name, s.remote_address) AS destination,
        s.remote_address,
        CASE WHEN len(s.names) = 0 THEN s.remote_name_hint END AS called,
        CASE s.direction WHEN 'inbound' THEN s.local_port ELSE s.remote_port END AS port,
        s.action,
        s.time_from,
        s.story,
        CAST(len(s.scripts) > 0 AS INTEGER) AS ran_script,
        CAST(i.image IS NOT NULL AS INTEGER) AS is_interpreter,
        CAST(o.process IS NOT NULL AS INTEGER) AS is_opened
    FROM story AS s
    LEFT JOIN process AS p ON s.process = p.process
    LEFT JOIN interpreter AS i ON lower(base_of(p.image)) = i.image
    LEFT JOIN opened AS o ON s.process = o.process
    WHERE getvariable('outbound') IS NULL OR (s.direction = 'outbound') = getvariable('outbound')
),

final AS (
    SELECT
        host,
        direction,
        image,
        destination,
        port,
        count(*) AS connections,
        count(DISTINCT remote_address) AS addresses,
        min(remote_address) AS address,
        min(called) AS called,
        list_sort(list_distinct(list(action))) AS actions,
        min(time_from) AS first,
        max(time_from) AS last,
        arg_min(story, (time_from, story)) AS story,
        max(ran_script) = 1 AS ran_script,
        max(is_interpreter) = 1 AS is_interpreter,
        max(is_opened) = 1 AS is_opened,
        max(ran_script + is_interpreter + is_opened) AS marks,
        count(*) OVER () AS groups
    FROM sent
    GROUP BY host, direction, image, destination, port
)

SELECT * FROM final
ORDER BY marks DESC, connections DESC, first, host, direction, image, destination, port
