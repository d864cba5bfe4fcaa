-- defender_technique: one fact for each technique that Defender marks.
-- grain:  one raw row
-- reads:  event
-- rule:   a deprecated technique is shown as what replaced it, with its old identifier.

WITH final AS (
    SELECT
        observed.*,
        'defender_technique' AS source,
        'technique' AS kind,
        CASE
            WHEN list_contains(list_concat(told.techniques, more.techniques), 'T1043')
                THEN 'T1071 Application Layer Protocol, or T1571 Non-Standard Port (was T1043 Commonly Used Port, deprecated)'
            ELSE text_of(ActionType)
        END AS value,
        nullif(array_to_string(list_sort(list_distinct(list_concat(told.techniques, more.techniques))), ' '), '') AS subject,
        number_of(InitiatingProcessId) AS pid,
        created_key(InitiatingProcessId, InitiatingProcessCreationTime) AS process_guid,
        path_of(InitiatingProcessFolderPath, InitiatingProcessFileName) AS image,
        account(InitiatingProcessAccountSid, InitiatingProcessAccountDomain, InitiatingProcessAccountName) AS user,
        not_a_pid(InitiatingProcessId) AS skip
    FROM event
)

SELECT * FROM final
