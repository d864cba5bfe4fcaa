-- defender_process: one process observation for each process that Defender saw created.
-- grain:  one raw row
-- reads:  event

WITH final AS (
    SELECT
        observed.*,
        'defender_' || lower(ActionType) AS source,
        try_cast(ProcessCreationTime AS TIMESTAMPTZ) AS stated,
        'started' AS kind,
        number_of(ProcessId) AS pid,
        number_of(InitiatingProcessId) AS parent_pid,
        created_key(ProcessId, ProcessCreationTime) AS process_guid,
        created_key(InitiatingProcessId, InitiatingProcessCreationTime) AS parent_guid,
        path_of(FolderPath, FileName) AS image,
        text_of(ProcessCommandLine) AS command_line,
        account(AccountSid, AccountDomain, AccountName) AS user,
        text_of(LogonId) AS logon_id,
        path_of(InitiatingProcessFolderPath, InitiatingProcessFileName) AS parent_image,
        text_of(InitiatingProcessCommandLine) AS parent_command_line,
        text_of(ProcessIntegrityLevel) AS integrity,
        hashes_of(SHA1, MD5, SHA256) AS "hashes",
        coalesce(
            not_a_pid(ProcessId),
            not_a_pid(InitiatingProcessId),
            CASE WHEN coalesce(number_of(ProcessId), 0) = 0 THEN 'there is no process identifier' END
        ) AS skip
    FROM event
)

SELECT * FROM final
