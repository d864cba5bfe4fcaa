-- witnesses: the state of each kind of record that could have told, in the time that a question is about.
-- grain:  source, time_from
-- reads:  coverage, host_fact
-- rule:   where an interval cites a configuration of Sysmon, its rules were at work in it.

WITH rule AS (
    SELECT file, min(value) AS rules
    FROM host_fact
    WHERE source = 'sysmon_configuration'
    GROUP BY file
),

final AS (
    SELECT
        c.source,
        c.state,
        c.time_from,
        c.time_to,
        c.reason,
        c.evidence,
        (
            SELECT min(r.rules)
            FROM rule AS r
            WHERE list_contains(list_transform(c.evidence, LAMBDA cited: cited.file), r.file)
        ) AS rules
    FROM coverage AS c
    WHERE
        c.host = getvariable('host')
        AND c.source IN (SELECT unnest(getvariable('sources')))
        AND c.time_from <= getvariable('until') AND c.time_to > getvariable('since')
)

SELECT * FROM final
ORDER BY source, time_from
