-- switch: moments at which a kind of record was switched on or off, or was seen to be on or off.
-- grain:  source, at
-- reads:  told_fact, kind, audit_subcategory, profile_logging
-- needs:  profile_logging or told_fact
-- rule:   a change (4719, Sysmon's service) says what was before it, too; a dump says how it is when it is taken.
--         4719 is written whatever the policy says, so where the Security log has no gap there was no other.

WITH audited AS (
    SELECT
        s.source,
        t.moment,
        t.kind = 'policy_changed' AS is_change,
        CASE
            WHEN t.kind = 'audit_policy' THEN t.value LIKE '%' || s.part || '%'
            WHEN t.value LIKE '%' || s.part || ' added%' THEN true
            WHEN t.value LIKE '%' || s.part || ' removed%' THEN false
        END AS is_on,
        CASE
            WHEN t.kind = 'audit_policy' THEN format('the audit policy of {} has {} for it', said(t.moment), t.value)
            ELSE format('the audit policy was changed at {}: {}', said(t.moment), t.value)
        END AS reason,
        t.cite,
        t.observation
    FROM told_fact AS t
    INNER JOIN audit_subcategory AS s
        ON '{' || lower(trim(t.subject, '{} ')) || '}' = s.subcategory
    WHERE t.kind IN ('policy_changed', 'audit_policy')
),

channelled AS (
    SELECT
        k.source,
        t.moment,
        false AS is_change,
        try_cast(json_extract_string(t.value, '$.enabled') AS BOOLEAN) AS is_on,
        format(
            'its channel was {} at {}',
            CASE WHEN json_extract_string(t.value, '$.enabled') = 'true' THEN 'on' ELSE 'off' END,
            said(t.moment)
        ) AS reason,
        t.cite,
        t.observation
    FROM told_fact AS t
    INNER JOIN kind AS k ON lower(t.subject) = lower(k.log)
    -- that a channel is open does not say that somebody writes into it, but for those that need nothing else
    WHERE
        t.kind = 'channel'
        AND json_valid(t.value)
        AND (json_extract_string(t.value, '$.enabled') = 'false' OR k.source LIKE 'dns_client_%')
),

logged AS (
    SELECT
        CASE kind WHEN 'script_block_logging' THEN 'powershell_4104' ELSE 'powershell_4103' END AS source,
        moment,
        false AS is_change,
        value = 'on' AS is_on,
        format('PowerShell''s {} was {} at {}', replace(kind, '_', ' '), value, said(moment)) AS reason,
        cite,
        observation
    FROM told_fact
    WHERE kind IN ('script_block_logging', 'module_logging')
),

serviced AS (
    SELECT
        k.source,
        t.moment,
        true AS is_change,
        lower(t.value) = 'started' AS is_on,
        format('Sysmon {} at {}', lower(t.value), said(t.moment)) AS reason,
        t.cite,
        t.observation
    FROM told_fact AS t
    INNER JOIN kind AS k ON k.log = 'Microsoft-Windows-Sysmon/Operational'
    WHERE t.kind = 'sysmon_state' AND lower(t.value) IN ('started', 'stopped')
),

final AS (
    SELECT DISTINCT ON (source, moment) source, moment, is_change, is_on, reason, cite, is_elsewhere
    FROM (
        SELECT *, false AS is_elsewhere
        FROM (
            SELECT * FROM audited
            UNION ALL
            SELECT * FROM channelled
            UNION ALL
            SELECT * FROM logged
            UNION ALL
            SELECT * FROM serviced
        )
        UNION ALL
        SELECT 'firewall_log', moment, false, is_on, reason, cite, observation, is_elsewhere
        FROM profile_logging
    )
    -- profiles that differ end what was known before
    WHERE is_on IS NOT NULL OR source = 'firewall_log'
    ORDER BY source, moment, is_change DESC, observation
)

SELECT * FROM final
ORDER BY source, moment
