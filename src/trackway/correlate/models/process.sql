-- process: process instances with identifiers, parents and ancestors, as schema.PROCESS.
-- grain:  process
-- reads:  instance, reference_owner, process_placed, start, process_confidence
-- needs:  instance
-- rule:   the identifier is a hash of what makes the instance: host, PID and Sysmon's identifier or
--         start, or the life and image of an unnamed one. The service of a svchost is the word after
--         -s of its command line, else its group after -k.

WITH RECURSIVE named AS (
    SELECT
        *,
        identifier(concat_ws(
            '|', getvariable('host'), pid,
            coalesce(guid, CAST(epoch_us(start_from) AS VARCHAR) || coalesce(base_name(image), ''), instance)
        )) AS process
    FROM instance
),

parent AS (
    SELECT
        c.instance,
        p.instance AS parent_instance,
        p.process AS parent,
        o.basis,
        CASE
            WHEN o.basis = 'guid' THEN 'the creation record names this parent by its identifier'
            WHEN o.is_named AND o.image_checked
                THEN 'the creation record names this PID, which meant this instance at that moment, and its image agrees'
            WHEN o.is_named THEN 'the creation record names this PID, which meant this instance at that moment'
            ELSE 'the creation record names this PID; the parent''s own creation is not on record'
        END AS reason
    FROM named AS c
    INNER JOIN reference_owner AS o ON o.kind = 'parent' AND c.parent_told_by = o.number
    INNER JOIN named AS p ON o.instance = p.instance
    WHERE c.instance <> p.instance
),

lineage AS (
    SELECT instance, parent_instance, [parent] AS ancestors
    FROM parent
    UNION ALL
    SELECT l.instance, p.parent_instance, list_append(l.ancestors, p.parent)
    FROM lineage AS l
    INNER JOIN parent AS p ON l.parent_instance = p.instance
    WHERE len(l.ancestors) < 20 AND NOT list_contains(l.ancestors, p.parent)
),

longest AS (
    SELECT instance, arg_max(ancestors, len(ancestors)) AS ancestors
    FROM lineage
    GROUP BY instance
),

-- an end belongs to its owner; a start to the instance it opens
told AS (
    SELECT s.start_key AS instance, p.observation, p.source, p.file, p.line, p.record
    FROM start AS s
    INNER JOIN process_placed AS p ON s.guid = p.process_guid AND p.kind = 'started'
    UNION ALL
    SELECT s.start_key, p.observation, p.source, p.file, p.line, p.record
    FROM (SELECT start_key, unnest(security_observations) AS observation FROM start) AS s
    INNER JOIN process_placed AS p ON s.observation = p.observation
    UNION ALL
    SELECT o.instance, p.observation, p.source, p.file, p.line, p.record
    FROM reference_owner AS o
    INNER JOIN process_placed AS p ON o.kind = 'end' AND o.number = p.observation
),

evidence AS (
    SELECT
        instance,
        list_sort(list(
            {'observation': observation, 'source': source, 'file': file, 'line': line, 'record': record}
        )) AS evidence
    FROM told
    GROUP BY instance
),

final AS (
    SELECT
        n.process,
        n.instance,
        getvariable('host') AS host,
        n.pid,
        n.start_from AS started,
        n.start_to AS started_to,
        n.started_basis,
        n.ended,
        n.alive_to,
        n.image,
        n.command_line,
        n.user,
        -- Defender's name of an instance is none that anybody could look up
        CASE WHEN n.guid NOT LIKE 'mde %' THEN n.guid END AS guid,
        CASE
            WHEN base_name(n.image) = 'svchost.exe'
                THEN coalesce(
                    nullif(regexp_extract(n.command_line, '(?i)\s-s\s+"?([^\s"]+)', 1), ''),
                    nullif(regexp_extract(n.command_line, '(?i)\s-k\s+"?([^\s"]+)', 1), '')
                )
        END AS service,
        n.integrity,
        n.session,
        n.logon_id,
        n."hashes",
        p.parent,
        CAST(w.confidence AS DOUBLE) AS parent_confidence,
        p.basis AS parent_basis,
        p.reason AS parent_reason,
        coalesce(l.ancestors, []) AS ancestors,
        coalesce(e.evidence, []) AS evidence
    FROM named AS n
    LEFT JOIN parent AS p ON n.instance = p.instance
    LEFT JOIN process_confidence AS w ON w.kind = 'parent' AND p.reason = w.situation
    LEFT JOIN longest AS l ON n.instance = l.instance
    LEFT JOIN evidence AS e ON n.instance = e.instance
)

SELECT * FROM final
ORDER BY pid, started NULLS FIRST, process
