-- told_fact: what records and dumps say of the host's power, its logs, its policies and its clock.
-- grain:  one observation
-- reads:  host_fact, fact_moment
-- needs:  fact_moment

WITH final AS (
    SELECT
        observation,
        source,
        kind,
        subject,
        value,
        at_from AS moment,
        {'source': source, 'file': file, 'line': line, 'record': record} AS cite
    FROM host_fact POSITIONAL JOIN fact_moment
    WHERE
        kind IN (
            'boot', 'shutdown', 'sleep', 'wake', 'log_started', 'log_stopped', 'log_cleared', 'events_lost',
            'clock_changed', 'policy_changed', 'audit_policy', 'channel', 'firewall_logging',
            'script_block_logging', 'module_logging', 'sysmon_state', 'sysmon_configured', 'sysmon_error',
            'sysmon_rules', 'sysmon_rules_file', 'service_state', 'service_start',
            'network_joined', 'network_left'
        )
)

SELECT * FROM final
ORDER BY observation
