-- network_profiles: one fact for each network that was joined or left.
-- grain:  one raw row
-- reads:  event

WITH final AS (
    SELECT
        observed.*,
        'network_' || event_id AS source,
        CASE event_id WHEN 10000 THEN 'network_joined' ELSE 'network_left' END AS kind,
        coalesce(text_of(Name), text_of(Guid)) AS subject,
        CASE number_of(Category)
            WHEN 0 THEN 'public'
            WHEN 1 THEN 'private'
            WHEN 2 THEN 'domain'
            ELSE text_of(Category)
        END AS value,
        NULL AS skip
    FROM event
)

SELECT * FROM final
