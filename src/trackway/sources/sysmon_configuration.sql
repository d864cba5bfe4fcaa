-- sysmon_configuration: one fact for each configuration: its rules as JSON, and the hash of its file.
-- grain:  one raw row
-- reads:  event

WITH final AS (
    SELECT
        observed.*,
        'sysmon_configuration' AS source,
        text_of(TimeBasis) AS recorded_basis,
        'sysmon_rules' AS kind,
        text_of(Hash) AS subject,
        Rules AS value,
        CASE WHEN Rules IS NULL THEN 'there are no rules' END AS skip
    FROM event
)

SELECT * FROM final
