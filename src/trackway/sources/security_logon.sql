-- security_logon: one fact for each logon and logoff.
-- grain:  one raw row
-- reads:  event
-- rule:   the session is written as in the other tables: '0x3e7', lower case, also where an export made
--         a decimal number of it.

WITH final AS (
    SELECT
        observed.*,
        'security_' || event_id AS source,
        CASE event_id WHEN 4624 THEN 'logon' ELSE 'logoff' END AS kind,
        '0x' || lower(to_hex(number_of(TargetLogonId))) AS subject,
        nullif(
            concat_ws(
                ' ',
                'type ' || number_of(LogonType),
                'from ' || coalesce(other_side, text_of(WorkstationName))
            ), ''
        ) AS value,
        nullif(number_of(ProcessId), 0) AS pid,
        text_of(ProcessName) AS image,
        account(TargetUserSid, TargetDomainName, TargetUserName) AS user,
        coalesce(
            not_a_pid(ProcessId),
            CASE
                WHEN coalesce(number_of(TargetLogonId) < 0, true)
                    THEN 'logon session ' || coalesce(TargetLogonId, 'null') || ' is none'
            END
        ) AS skip
    FROM event
)

SELECT * FROM final
