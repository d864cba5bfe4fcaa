-- sysmon_host: one fact for each file, driver or network library, and for each change of Sysmon itself.
-- grain:  one raw row
-- reads:  event

WITH final AS (
    SELECT
        observed.*,
        'sysmon_' || event_id AS source,
        CASE event_id
            WHEN 2 THEN 'file_time_changed'
            WHEN 4 THEN 'sysmon_state'
            WHEN 6 THEN 'driver_loaded'
            WHEN 7 THEN 'library_loaded'
            WHEN 11 THEN 'file_written'
            WHEN 16 THEN 'sysmon_configured'
            WHEN 255 THEN 'sysmon_error'
        END AS kind,
        -- the libraries of Winsock, WinHTTP, WinINet, the resolver and BITS
        event_id <> 7 OR coalesce(
            regexp_matches(ImageLoaded, '(?i)(^|\\)(ws2_32|mswsock|winhttp|wininet|dnsapi|webio|qmgrprxy|urlmon)\.dll$'), true
        ) AS is_wanted,
        utc_of(UtcTime) AS stated,
        CASE
            WHEN event_id IN (2, 11) THEN text_of(TargetFilename)
            WHEN event_id IN (6, 7) THEN text_of(ImageLoaded)
            WHEN event_id = 16 THEN text_of(Configuration)
            WHEN event_id = 255 THEN text_of(ID)
        END AS subject,
        CASE
            WHEN event_id IN (2, 11) THEN text_of(CreationUtcTime)
            WHEN event_id = 4 THEN text_of(State)
            WHEN event_id IN (6, 7) THEN nullif(concat_ws(', ', text_of(Signature), text_of(SignatureStatus)), '')
            WHEN event_id = 16 THEN text_of(ConfigurationFileHash)
            ELSE text_of(Description)
        END AS value,
        CASE WHEN event_id IN (2, 7, 11) THEN number_of(ProcessId) END AS pid,
        CASE WHEN event_id IN (2, 7, 11) THEN guid_of(ProcessGuid) END AS process_guid,
        CASE WHEN event_id IN (2, 7, 11) THEN image_of(Image) END AS image,
        text_of(User) AS user,
        coalesce(CASE WHEN event_id IN (2, 7, 11) THEN not_a_pid(ProcessId) END, not_a_time(UtcTime)) AS skip
    FROM event
)

SELECT * FROM final
