-- firewall_settings: one fact for each profile of the firewall: what it logs, where, and how many kilobytes.
-- grain:  one raw row
-- reads:  event
-- rule:   a known name of the profile counts more than its place among the three.

WITH final AS (
    SELECT
        observed.*,
        'firewall_settings' AS source,
        text_of(TimeBasis) AS recorded_basis,
        'firewall_logging' AS kind,
        coalesce(of_profile, text_of(Place)) AS subject,
        CAST(
            json_object(
                'allowed', is_allowed, 'dropped', is_dropped, 'path', text_of(Path), 'max_size', number_of(MaxSize),
                'store', coalesce(kept_in, 'local')
            ) AS VARCHAR
        ) AS value,
        CASE
            WHEN coalesce(of_profile, text_of(Place)) IS NULL
                THEN 'profile ' || coalesce(Profile, '') || ' is none that is known here'
            WHEN NOT coalesce(allowed_known AND dropped_known, false)
                THEN
                    'logging ' || coalesce(Allowed, '') || ' and ' || coalesce(Dropped, '')
                    || ' is in a language not known here; Get-NetFirewallProfile | ConvertTo-Json is in none'
        END AS skip
    FROM event
)

SELECT * FROM final
