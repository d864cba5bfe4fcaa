-- volume_map: one fact for each volume with a drive letter.
-- grain:  one raw row
-- reads:  event
-- rule:   a volume without a letter (a recovery partition, the redirector of the network) is of no interest.

WITH final AS (
    SELECT
        observed.*,
        'volume_map' AS source,
        text_of(TimeBasis) AS recorded_basis,
        'volume' AS kind,
        text_of(Device) AS subject,
        upper(text_of(Drive)) AS value,
        text_of(Drive) IS NOT NULL AS is_wanted,
        CASE WHEN text_of(Device) IS NULL THEN 'a letter without a volume' END AS skip
    FROM event
)

SELECT * FROM final
