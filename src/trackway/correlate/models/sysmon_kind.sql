-- sysmon_kind: whether the configuration at work writes all, a part or none of a kind of record.
-- grain:  source, time_from
-- reads:  sysmon_ruled, sysmon_asked, sysmon_verdict, heard
-- needs:  sysmon_asked; sysmon_verdict
-- rule:   a configuration that writes none of a kind is not believed where there is a record of it.

WITH said_of AS (
    SELECT a.source, r.time_from, r.time_to, v.written, v.why, r.words, r.cite
    FROM sysmon_asked AS a
    INNER JOIN sysmon_ruled AS r ON a.ruled = r.ruled
    INNER JOIN sysmon_verdict AS v ON a.asked = v.asked
    WHERE a.connection IS NULL
),

belied AS (
    SELECT DISTINCT s.source, s.time_from
    FROM said_of AS s
    INNER JOIN heard AS h ON s.source = h.source AND h.moment >= s.time_from AND h.moment < s.time_to
    WHERE NOT s.written
),

final AS (
    SELECT
        source,
        time_from,
        time_to,
        CASE WHEN written THEN 'on' WHEN NOT written THEN 'off' ELSE 'filtered' END AS state,
        CASE
            WHEN written THEN format('{} writes all of it', words)
            WHEN NOT written THEN format('{} writes none of it: {}', words, why)
            ELSE format('{} writes a part of it', words)
        END AS reason,
        cite
    FROM said_of
    ANTI JOIN belied USING (source, time_from)
)

SELECT * FROM final
ORDER BY source, time_from
