-- system_power: one fact for each boot, shutdown, sleep, wake and change of the clock.
-- grain:  one raw row
-- reads:  event
-- rule:   104 names the log that was cleared; where it says System, that may be the log it stands in, as flat exports
--         call both Channel; DuckDB calls the event's own, beside that of the header, Channel_1. The data of 6013 are
--         lines: the fifth is the uptime in seconds, the last the time zone. Those of 6011 are the old and the new name.

WITH read AS (
    SELECT
        * EXCLUDE (Channel),
        Channel_1 AS cleared,
        string_split(coalesce(Data, ''), chr(10)) AS lines
    FROM event
),

final AS (
    SELECT
        observed.*,
        'system_' || event_id AS source,
        CASE event_id
            WHEN 1 THEN 'clock_changed'
            WHEN 12 THEN 'boot'
            WHEN 13 THEN 'shutdown'
            WHEN 42 THEN 'sleep'
            WHEN 104 THEN 'log_cleared'
            WHEN 107 THEN 'wake'
            WHEN 109 THEN 'shutdown_asked'
            WHEN 506 THEN 'sleep'
            WHEN 507 THEN 'wake'
            WHEN 6005 THEN 'log_started'
            WHEN 6006 THEN 'log_stopped'
            WHEN 6007 THEN 'log_stopped'
            WHEN 6008 THEN 'unexpected_shutdown'
            WHEN 6011 THEN 'host_renamed'
            WHEN 6013 THEN 'time_zone'
        END AS kind,
        CASE event_id
            WHEN 1 THEN text_of(OldTime)
            WHEN 104 THEN nullif(text_of(cleared), 'System')
            WHEN 6011 THEN nullif(trim(lines[1]), '')
            WHEN 6013 THEN 'uptime ' || nullif(lines[5], '')
        END AS subject,
        CASE event_id
            WHEN 1 THEN text_of(NewTime)
            WHEN 12 THEN text_of(StartTime)
            WHEN 13 THEN text_of(StopTime)
            WHEN 42 THEN coalesce(text_of(SleepReason), text_of(TargetState))
            WHEN 104 THEN 'cleared'
            WHEN 6008 THEN nullif(concat_ws(' ', nullif(lines[2], ''), nullif(lines[1], '')), '')
            WHEN 6011 THEN nullif(trim(lines[2]), '')
            WHEN 6013 THEN nullif(trim(regexp_extract(lines[-1], '\D*$')), '')
            ELSE text_of(Reason)
        END AS value,
        CASE WHEN event_id = 1 THEN nullif(number_of(ProcessID), 0) END AS pid,
        CASE WHEN event_id = 1 THEN text_of(ProcessName) END AS image,
        account(NULL, SubjectDomainName, SubjectUserName) AS user,
        CASE WHEN event_id = 1 THEN not_a_pid(ProcessID) END AS skip
    FROM read
)

SELECT * FROM final
