-- defender_initiator: the processes behind Defender's actions, told by the way.
-- grain:  process instance of one batch
-- reads:  event
-- rule:   every action names the process that caused it with its creation time, command line and parent:
--         the first one of a batch tells it, the others would repeat it.

WITH final AS (
    SELECT
        observed.*,
        'defender_initiator' AS source,
        try_cast(InitiatingProcessCreationTime AS TIMESTAMPTZ) AS stated,
        'started' AS kind,
        number_of(InitiatingProcessId) AS pid,
        number_of(InitiatingProcessParentId) AS parent_pid,
        created_key(InitiatingProcessId, InitiatingProcessCreationTime) AS process_guid,
        created_key(InitiatingProcessParentId, InitiatingProcessParentCreationTime) AS parent_guid,
        path_of(InitiatingProcessFolderPath, InitiatingProcessFileName) AS image,
        text_of(InitiatingProcessCommandLine) AS command_line,
        account(InitiatingProcessAccountSid, InitiatingProcessAccountDomain, InitiatingProcessAccountName) AS user,
        text_of(InitiatingProcessLogonId) AS logon_id,
        text_of(InitiatingProcessParentFileName) AS parent_image,
        text_of(InitiatingProcessIntegrityLevel) AS integrity,
        hashes_of(InitiatingProcessSHA1, InitiatingProcessMD5, InitiatingProcessSHA256) AS "hashes",
        NULL AS skip
    FROM event
    WHERE
        unplaced IS NULL
        AND number_of(InitiatingProcessId) BETWEEN 1 AND 4294967295
        AND created_key(InitiatingProcessId, InitiatingProcessCreationTime) IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY computer, process_guid ORDER BY line, record) = 1
)

SELECT * FROM final
