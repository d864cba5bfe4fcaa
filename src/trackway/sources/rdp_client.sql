-- rdp_client: one fact for each destination of the Remote Desktop client.
-- grain:  one raw row
-- reads:  event

WITH final AS (
    SELECT
        observed.*,
        'rdp_' || event_id AS source,
        CASE event_id WHEN 1024 THEN 'rdp_asked' ELSE 'rdp_connected' END AS kind,
        text_of(Value) AS value,
        header_pid AS pid,
        header_user AS user,
        coalesce(
            not_a_pid(CAST(header_pid AS VARCHAR)),
            CASE WHEN text_of(Value) IS NULL THEN 'there is no destination' END
        ) AS skip
    FROM event
)

SELECT * FROM final
