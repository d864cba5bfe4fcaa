-- registry: one fact for each setting of the registry.
-- grain:  one raw row: a value, or the values of a key that belong together, as JSON with names in lower case
-- reads:  event
-- rule:   the key tells what a value is about. The firewall's own store calls the private profile standard. A channel
--         without a retention writes over its oldest records.

WITH read AS (
    SELECT
        *,
        lower(Key) AS path,
        lower(Name) AS value_name,
        CASE WHEN Name IS NULL THEN try_cast(Data AS JSON) END AS together,
        CASE number_of(Data)
            WHEN 0 THEN 'none'
            WHEN 1 THEN 'success'
            WHEN 2 THEN 'failure'
            WHEN 3 THEN 'success+failure'
        END AS setting,
        coalesce(number_of(Data) = 1, false) AS is_on,
        number_of(together ->> 'retention') AS retention,
        number_of(together ->> 'activetimebias') AS bias
    FROM event
),

sorted AS (
    SELECT
        *,
        CASE
            WHEN path LIKE '%\poladtev' THEN 'audit_policy'
            WHEN path LIKE '%\logging' THEN 'firewall_logging'
            WHEN path LIKE '%\winevt\channels\%' OR path LIKE '%\services\eventlog\%' THEN 'channel'
            WHEN path LIKE '%\timezoneinformation' THEN 'time_zone'
            WHEN path LIKE '%\minint' THEN 'event_log_disabled'
            WHEN path LIKE '%\networklist\profiles\%' THEN 'network_profile'
            WHEN path LIKE '%\windows nt\currentversion' THEN 'windows_version'
            WHEN path LIKE '%\tcpip\parameters\interfaces\%'
                THEN CASE value_name
                    WHEN 'ipaddress' THEN 'address'
                    WHEN 'dhcpipaddress' THEN 'leased_address'
                    WHEN 'leaseobtainedtime' THEN 'lease_obtained'
                    WHEN 'leaseterminatestime' THEN 'lease_terminates'
                END
            ELSE CASE value_name
                WHEN 'computername' THEN 'host_name'
                WHEN 'nv hostname' THEN 'host_name'
                WHEN 'domain' THEN 'domain'
                WHEN 'maxcachettl' THEN 'max_cache_ttl'
                WHEN 'maxnegativecachettl' THEN 'max_negative_cache_ttl'
                WHEN 'confighash' THEN 'sysmon_configured'
                WHEN 'processcreationincludecmdline_enabled' THEN 'command_line_logging'
                WHEN 'enablescriptblocklogging' THEN 'script_block_logging'
                WHEN 'enablemodulelogging' THEN 'module_logging'
                WHEN 'enabletranscripting' THEN 'transcription'
            END
        END AS kind
    FROM read
),

told AS (
    SELECT
        *,
        CASE kind
            WHEN 'audit_policy' THEN value_name
            WHEN 'firewall_logging'
                THEN replace(regexp_extract(path, '\\([a-z]+)profile\\logging$', 1), 'standard', 'private')
            WHEN 'channel' THEN regexp_extract(Key, '(?i)\\(?:Channels|EventLog)\\(.+)$', 1)
            WHEN 'time_zone' THEN coalesce(zone, 'bias ' || CASE WHEN bias >= 2147483648 THEN bias - 4294967296 ELSE bias END)
            WHEN 'network_profile' THEN together ->> 'profilename'
            ELSE CASE WHEN path LIKE '%\interfaces\%' THEN regexp_extract(path, '[^\\]+$') END
        END AS about,
        CASE
            WHEN kind = 'audit_policy' THEN setting
            WHEN kind = 'firewall_logging'
                THEN CAST(
                    json_object(
                        'allowed', number_of(together ->> 'logsuccessfulconnections') = 1,
                        'dropped', number_of(together ->> 'logdroppedpackets') = 1,
                        'path', together ->> 'logfilepath',
                        'max_size', number_of(together ->> 'logfilesize'),
                        'store', CASE WHEN path LIKE '%\policies\%' THEN 'policy' ELSE 'local' END
                    ) AS VARCHAR
                )
            WHEN kind = 'channel'
                THEN CAST(
                    json_object(
                        'enabled', number_of(together ->> 'enabled') = 1,
                        'max_size', number_of(together ->> 'maxsize'),
                        'retention', CASE
                            WHEN coalesce(retention, 0) = 0 THEN 'circular'
                            WHEN number_of(together ->> 'autobackuplogfiles') = 1 THEN 'archive'
                            ELSE 'retain'
                        END
                    ) AS VARCHAR
                )
            WHEN kind = 'time_zone' THEN coalesce(together ->> 'timezonekeyname', together ->> 'standardname')
            WHEN kind = 'event_log_disabled' THEN 'on'
            -- seconds since 1970, UTC; 0 where there never was a lease
            WHEN kind IN ('lease_obtained', 'lease_terminates')
                THEN strftime(make_timestamp(nullif(number_of(Data), 0) * 1000000), '%Y-%m-%dT%H:%M:%SZ')
            WHEN kind = 'network_profile'
                THEN CASE number_of(together ->> 'category') WHEN 0 THEN 'public' WHEN 1 THEN 'private' WHEN 2 THEN 'domain' END
            WHEN kind = 'windows_version'
                THEN nullif(
                    concat_ws(
                        ' ', together ->> 'productname', together ->> 'displayversion',
                        coalesce(together ->> 'currentbuild', together ->> 'currentbuildnumber')
                    ),
                    ''
                )
            WHEN kind LIKE '%_logging' OR kind = 'transcription' THEN CASE WHEN is_on THEN 'on' ELSE 'off' END
            ELSE text_of(Data)
        END AS said
    FROM sorted
),

final AS (
    SELECT
        observed.*,
        'registry' AS source,
        text_of(TimeBasis) AS recorded_basis,
        kind,
        nullif(about, '') AS subject,
        said AS value,
        -- an interface without an address or a lease, a host without a domain
        said IS NULL
        AND kind IN ('domain', 'address', 'leased_address', 'lease_obtained', 'lease_terminates', 'windows_version') AS is_absent,
        NOT coalesce(said IN ('', '0.0.0.0') OR is_absent, false) AS is_wanted,
        CASE
            WHEN kind IS NULL THEN 'a setting that is not known'
            WHEN said IS NULL AND NOT is_absent THEN 'a setting without a usable value'
        END AS skip
    FROM told
)

SELECT * FROM final
