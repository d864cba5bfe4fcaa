-- script_group: script blocks put together from their parts; every pipeline and engine start by itself.
-- grain:  script (number)
-- reads:  script_observation, script_moment
-- needs:  script_moment
-- rule:   parts are one block if ScriptBlockId and PID agree. A part told twice counts once. A missing
--         part stands in the text as a line that says so.

WITH part AS (
    SELECT
        *,
        CASE
            WHEN kind = 'block' THEN concat_ws('|', 'block', block, coalesce(pid, -1))
            ELSE concat_ws('|', kind, observation)
        END AS script_key
    FROM script_observation POSITIONAL JOIN script_moment
),

-- the same part may be written again when the block is run again
once AS (
    SELECT
        script_key,
        coalesce(part, 1) AS part,
        arg_min(text, observation) AS text
    FROM part
    GROUP BY ALL
),

wanted AS (
    SELECT
        script_key,
        unnest(range(1, coalesce(max(parts), 1) + 1)) AS part
    FROM part
    GROUP BY script_key
    -- a forged total must not make a million missing parts
    HAVING coalesce(max(parts), 1) <= 10000
),

assembled AS (
    SELECT
        w.script_key,
        string_agg(
            coalesce(o.text, '[part ' || w.part || ' is missing]' || chr(10)), '' ORDER BY w.part
        ) AS text,
        coalesce(list(w.part ORDER BY w.part) FILTER (WHERE o.script_key IS NULL), []) AS missing_parts
    FROM wanted AS w
    LEFT JOIN once AS o ON w.script_key = o.script_key AND w.part = o.part
    GROUP BY w.script_key
),

final AS (
    SELECT
        dense_rank() OVER (ORDER BY p.script_key) AS script,
        min(p.at_from) AS time_from,
        max(p.at_to) AS time_to,
        -- until when the first record leaves its own moment open
        min(p.at_to) AS begun_to,
        min(p.kind) AS kind,
        min(p.block) AS block,
        coalesce(min(a.text), string_agg(p.text, '' ORDER BY p.part, p.observation)) AS text,
        min(p.path) AS path,
        min(p.host_application) AS host_application,
        coalesce(max(p.parts), 1) AS parts,
        coalesce(min(a.missing_parts), []) AS missing_parts,
        min(p.pid) AS pid,
        min(p.user) AS user,
        list_sort(list(
            {'observation': p.observation, 'source': p.source, 'file': p.file, 'line': p.line, 'record': p.record}
        )) AS evidence
    FROM part AS p
    LEFT JOIN assembled AS a ON p.script_key = a.script_key
    GROUP BY p.script_key
)

SELECT * FROM final
ORDER BY script
