-- script: script blocks, pipelines and engine starts as schema.SCRIPT_TABLE.
-- grain:  script
-- reads:  script_group, owner
-- needs:  script_group

WITH final AS (
    SELECT
        identifier(concat_ws(
            '|', getvariable('host'), 'script', s.kind, coalesce(s.block, ''), coalesce(s.pid, -1),
            epoch_us(s.time_from), md5(coalesce(s.text, '')), row_number() OVER (
                PARTITION BY s.kind, s.block, s.pid, s.time_from, md5(coalesce(s.text, '')) ORDER BY s.script
            )
        )) AS script,
        s.script AS number,
        getvariable('host') AS host,
        s.time_from,
        s.time_to,
        s.kind,
        s.block,
        s.text,
        s.path,
        s.host_application,
        s.parts,
        s.missing_parts,
        o.process,
        o.confidence AS process_confidence,
        o.basis AS process_basis,
        s.evidence
    FROM script_group AS s
    LEFT JOIN owner AS o ON o.kind = 'script' AND s.script = o.number
)

SELECT * FROM final
ORDER BY time_from, script
