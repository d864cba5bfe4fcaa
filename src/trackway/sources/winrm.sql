-- winrm: one fact for each session, shell or failure of WinRM.
-- grain:  one raw row
-- reads:  event

WITH final AS (
    SELECT
        observed.*,
        'winrm_' || event_id AS source,
        CASE event_id
            WHEN 6 THEN 'winrm_session'
            WHEN 91 THEN 'winrm_shell'
            ELSE 'winrm_failed'
        END AS kind,
        coalesce(text_of(connection), text_of(resourceUri), text_of(operationName)) AS subject,
        nullif(concat_ws(', ', 'error ' || text_of(errorCode), text_of(authFailureMessage)), '') AS value,
        header_pid AS pid,
        header_user AS user,
        not_a_pid(CAST(header_pid AS VARCHAR)) AS skip
    FROM event
)

SELECT * FROM final
