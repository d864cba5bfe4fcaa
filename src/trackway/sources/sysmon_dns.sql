-- sysmon_dns: one DNS observation for each Sysmon 22.
-- grain:  one raw row
-- reads:  event

WITH final AS (
    SELECT
        observed.*,
        'sysmon_22' AS source,
        utc_of(UtcTime) AS stated,
        'completed' AS stage,
        text_of(QueryName) AS name,
        number_of(QueryStatus) AS status,
        coalesce(answered.addresses, []) AS addresses,
        coalesce(answered.cnames, []) AS cnames,
        number_of(ProcessId) AS pid,
        guid_of(ProcessGuid) AS process_guid,
        image_of(Image) AS image,
        text_of(User) AS user,
        coalesce(
            not_a_pid(ProcessId),
            not_a_time(UtcTime),
            CASE WHEN text_of(QueryName) IS NULL THEN 'there is no name' END
        ) AS skip
    FROM event
)

SELECT * FROM final
