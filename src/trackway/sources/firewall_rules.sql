-- firewall_rules: one fact for each change of the firewall's rules or settings.
-- grain:  one raw row
-- reads:  event
-- rule:   Direction 1 is inbound, 2 outbound; Action 2 blocks, 3 allows.

WITH final AS (
    SELECT
        observed.*,
        'firewall_' || event_id AS source,
        CASE event_id
            WHEN 2004 THEN 'firewall_rule_added'
            WHEN 2005 THEN 'firewall_rule_changed'
            WHEN 2006 THEN 'firewall_rule_deleted'
            WHEN 2010 THEN 'firewall_profile'
            WHEN 2011 THEN 'listen_blocked'
            ELSE 'firewall_setting'
        END AS kind,
        CASE
            WHEN event_id IN (2004, 2005, 2006) THEN coalesce(text_of(RuleName), text_of(RuleId))
            WHEN event_id = 2010 THEN text_of(InterfaceName)
            WHEN event_id = 2011 THEN text_of(Port)
            ELSE nullif(concat_ws(' ', text_of(SettingType), text_of(Profiles)), '')
        END AS subject,
        CASE
            WHEN event_id IN (2004, 2005)
                THEN concat_ws(
                    ', ',
                    CASE number_of(Action) WHEN 2 THEN 'block' WHEN 3 THEN 'allow' END,
                    CASE number_of(Direction) WHEN 1 THEN 'inbound' WHEN 2 THEN 'outbound' END,
                    text_of(ApplicationPath),
                    'remote ports ' || text_of(RemotePorts),
                    'remote addresses ' || text_of(RemoteAddresses)
                )
            WHEN event_id = 2006 THEN 'deleted'
            WHEN event_id = 2010 THEN nullif(concat_ws(' -> ', text_of(OldProfile), text_of(NewProfile)), '')
            WHEN event_id = 2011 THEN text_of(ApplicationPath)
            ELSE text_of(SettingValueString)
        END AS value,
        CASE WHEN event_id = 2011 THEN nullif(number_of(ProcessId), 0) END AS pid,
        text_of(CASE WHEN event_id = 2011 THEN ApplicationPath ELSE ModifyingApplication END) AS image,
        text_of(ModifyingUser) AS user,
        CASE WHEN event_id = 2011 THEN not_a_pid(ProcessId) END AS skip
    FROM event
)

SELECT * FROM final
