-- defender_dns: one DNS observation for each look-up that Defender for Endpoint tells of.
-- grain:  one raw row
-- reads:  event
-- rule:   a look-up by Defender's sensor, or by the svchost of the resolver, was made for somebody whom
--         the record does not name.

WITH read AS (
    SELECT
        *,
        ActionType = 'DnsConnectionInspected' AS is_wire,
        lower(coalesce(InitiatingProcessFileName, '')) IN ('mssense.exe', 'sensendr.exe')
        OR (
            lower(InitiatingProcessFileName) = 'svchost.exe'
            AND regexp_matches(coalesce(InitiatingProcessCommandLine, ''), '(?i)-s\s+dnscache')
        ) AS is_for_others
    FROM event
),

final AS (
    SELECT
        observed.*,
        'defender_' || lower(ActionType) AS source,
        CASE WHEN is_wire THEN 'wire' ELSE 'completed' END AS stage,
        coalesce(more.name, remote_host) AS name,
        more.query_type,
        coalesce(more.status, CASE WHEN len(more.addresses) > 0 THEN 0 END) AS status,
        coalesce(more.addresses, []) AS addresses,
        coalesce(more.cnames, []) AS cnames,
        CASE WHEN is_wire AND server IS NOT NULL THEN [server] ELSE [] END AS servers,
        CASE WHEN local IS NOT NULL THEN [local] ELSE [] END AS local_addresses,
        CASE WHEN NOT is_for_others THEN nullif(number_of(InitiatingProcessId), 0) END AS pid,
        CASE WHEN NOT is_for_others THEN created_key(InitiatingProcessId, InitiatingProcessCreationTime) END AS process_guid,
        CASE WHEN NOT is_for_others THEN path_of(InitiatingProcessFolderPath, InitiatingProcessFileName) END AS image,
        CASE
            WHEN NOT is_for_others
                THEN account(InitiatingProcessAccountSid, InitiatingProcessAccountDomain, InitiatingProcessAccountName)
        END AS user,
        coalesce(
            not_a_pid(InitiatingProcessId),
            CASE WHEN coalesce(more.name, remote_host) IS NULL THEN 'there is no name' END
        ) AS skip
    FROM read
)

SELECT * FROM final
