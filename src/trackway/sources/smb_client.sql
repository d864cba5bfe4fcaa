-- smb_client: one fact for each failure of the SMB client.
-- grain:  one raw row
-- reads:  event

WITH final AS (
    SELECT
        observed.*,
        'smb_' || event_id AS source,
        CASE event_id
            WHEN 30803 THEN 'smb_connect_failed'
            WHEN 30804 THEN 'smb_disconnected'
            WHEN 30805 THEN 'smb_session_lost'
            WHEN 30806 THEN 'smb_session_back'
            WHEN 30807 THEN 'smb_share_lost'
            WHEN 31001 THEN 'smb_logon_failed'
        END AS kind,
        coalesce(text_of(ServerName), text_of(PrincipalName)) AS subject,
        nullif(
            concat_ws(
                ', ',
                server,
                '0x' || lower(to_hex(nullif(number_of(Status), 0))),
                'reason ' || nullif(number_of(Reason), 0)
            ), ''
        ) AS value,
        text_of(UserName) AS user,
        NULL AS skip
    FROM event
)

SELECT * FROM final
