-- security_host: one fact for each record of the Security log about the host itself.
-- grain:  one raw row
-- reads:  event

WITH read AS (
    SELECT
        *,
        replace(replace(text_of(AuditPolicyChanges), '%%8448', 'success removed'), '%%8449', 'success added') AS successes,
        replace(replace(successes, '%%8450', 'failure removed'), '%%8451', 'failure added') AS changes
    FROM event
),

final AS (
    SELECT
        observed.*,
        'security_' || event_id AS source,
        CASE event_id
            WHEN 1100 THEN 'log_stopped'
            WHEN 1101 THEN 'events_lost'
            WHEN 1102 THEN 'log_cleared'
            WHEN 4608 THEN 'boot'
            WHEN 4616 THEN 'clock_changed'
            WHEN 4719 THEN 'policy_changed'
            WHEN 5031 THEN 'listen_blocked'
            ELSE 'frame_blocked'
        END AS kind,
        CASE event_id
            WHEN 1100 THEN 'Security'
            WHEN 1101 THEN 'Security'
            WHEN 1102 THEN 'Security'
            WHEN 4616 THEN nullif(concat_ws(' ', text_of(PreviousDate), text_of(PreviousTime)), '')
            WHEN 4719 THEN coalesce(text_of(SubcategoryGuid), text_of(SubcategoryId))
            WHEN 5031 THEN text_of(Profiles)
            WHEN 5150 THEN text_of(SourceAddress)
            WHEN 5151 THEN text_of(SourceAddress)
        END AS subject,
        CASE event_id
            WHEN 1102 THEN 'cleared'
            WHEN 4608 THEN 'started'
            WHEN 4616 THEN nullif(concat_ws(' ', text_of(NewDate), text_of(NewTime)), '')
            WHEN 4719
                THEN changes
            WHEN 5031 THEN text_of(Application)
            WHEN 5150 THEN text_of(DestAddress)
            WHEN 5151 THEN text_of(DestAddress)
        END AS value,
        CASE WHEN event_id = 4616 THEN nullif(number_of(ProcessId), 0) END AS pid,
        text_of(CASE WHEN event_id = 4616 THEN ProcessName WHEN event_id = 5031 THEN Application END) AS image,
        account(SubjectUserSid, SubjectDomainName, SubjectUserName) AS user,
        CASE WHEN event_id = 4616 THEN not_a_pid(ProcessId) END AS skip
    FROM read
)

SELECT * FROM final
