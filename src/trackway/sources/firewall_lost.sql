-- firewall_lost: one fact for each line of pfirewall.log that says how many events were lost.
-- grain:  one raw row
-- reads:  event

WITH final AS (
    SELECT
        observed.*,
        'firewall_lost' AS source,
        'events_lost' AS kind,
        CAST(number_of(info) AS VARCHAR) AS value,
        CASE WHEN number_of(info) IS NULL THEN 'number of lost events ' || coalesce(info, 'null') || ' is none' END AS skip
    FROM event
)

SELECT * FROM final
