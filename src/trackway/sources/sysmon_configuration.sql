-- sysmon_configuration: one fact for each configuration: its rules as JSON, and the hash of its file.
-- grain:  one raw row
-- reads:  event
-- rule:   what Sysmon prints is at work; a file that lies about may never have been loaded.

WITH final AS (
    SELECT
        observed.*,
        'sysmon_configuration' AS source,
        text_of(TimeBasis) AS recorded_basis,
        CASE WHEN AtWork = 'true' THEN 'sysmon_rules' ELSE 'sysmon_rules_file' END AS kind,
        text_of(Hash) AS subject,
        Rules AS value,
        CASE WHEN Rules IS NULL THEN 'there are no rules' END AS skip
    FROM event
)

SELECT * FROM final
