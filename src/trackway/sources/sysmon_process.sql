-- sysmon_process: one process observation for each Sysmon 1 and 5.
-- grain:  one raw row
-- reads:  event

WITH final AS (
    SELECT
        observed.*,
        'sysmon_' || event_id AS source,
        utc_of(UtcTime) AS stated,
        CASE WHEN event_id = 1 THEN 'started' ELSE 'ended' END AS kind,
        number_of(ProcessId) AS pid,
        number_of(ParentProcessId) AS parent_pid,
        guid_of(ProcessGuid) AS process_guid,
        guid_of(ParentProcessGuid) AS parent_guid,
        image_of(Image) AS image,
        text_of(CommandLine) AS command_line,
        text_of(User) AS user,
        text_of(LogonId) AS logon_id,
        number_of(TerminalSessionId) AS session,
        image_of(ParentImage) AS parent_image,
        text_of(ParentCommandLine) AS parent_command_line,
        text_of(IntegrityLevel) AS integrity,
        text_of("Hashes") AS "hashes",
        coalesce(
            not_a_pid(ProcessId),
            not_a_pid(ParentProcessId),
            not_a_time(UtcTime),
            CASE WHEN text_of(ProcessId) IS NULL THEN 'there is no process identifier' END
        ) AS skip
    FROM event
)

SELECT * FROM final
