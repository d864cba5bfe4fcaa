-- security_process: one process observation for each 4688 and 4689.
-- grain:  one raw row
-- reads:  event
-- rule:   the user is Target where the record names one (the process runs as somebody else than
--         its creator), else Subject. In 4689 `ProcessId` is the process, in 4688 its creator.

WITH read AS (
    SELECT
        *,
        event_id = 4688 AS is_start,
        text_of(TargetUserName) IS NOT NULL AND coalesce(TargetUserSid, '') <> 'S-1-0-0' AS has_target
    FROM event
),

final AS (
    SELECT
        observed.*,
        'security_' || event_id AS source,
        CASE WHEN is_start THEN 'started' ELSE 'ended' END AS kind,
        CASE WHEN is_start THEN number_of(NewProcessId) ELSE number_of(ProcessId) END AS pid,
        CASE WHEN is_start THEN number_of(ProcessId) END AS parent_pid,
        text_of(CASE WHEN is_start THEN NewProcessName ELSE ProcessName END) AS image,
        text_of(CommandLine) AS command_line,
        CASE
            WHEN has_target THEN account(TargetUserSid, TargetDomainName, TargetUserName)
            ELSE account(SubjectUserSid, SubjectDomainName, SubjectUserName)
        END AS user,
        text_of(CASE WHEN has_target THEN TargetLogonId ELSE SubjectLogonId END) AS logon_id,
        text_of(ParentProcessName) AS parent_image,
        CASE MandatoryLabel
            WHEN 'S-1-16-4096' THEN 'Low'
            WHEN 'S-1-16-8192' THEN 'Medium'
            WHEN 'S-1-16-8448' THEN 'Medium Plus'
            WHEN 'S-1-16-12288' THEN 'High'
            WHEN 'S-1-16-16384' THEN 'System'
        END AS integrity,
        coalesce(
            not_a_pid(CASE WHEN is_start THEN NewProcessId ELSE ProcessId END),
            not_a_pid(CASE WHEN is_start THEN ProcessId END),
            CASE
                WHEN text_of(CASE WHEN is_start THEN NewProcessId ELSE ProcessId END) IS NULL
                    THEN 'there is no process identifier'
            END
        ) AS skip
    FROM read
)

SELECT * FROM final
