-- dns_placed: DNS observations with the UTC interval in which each can have happened.
-- grain:  one observation
-- reads:  dns_dated, skew, guid_alias
-- rule:   as in connection_placed: Sysmon 22 runs by the clock of Sysmon 3.

WITH final AS (
    SELECT
        o.* EXCLUDE (at_from, at_to, stated, process_guid),
        coalesce(a.same_as, o.process_guid) AS process_guid,
        coalesce(moved(o.stated, s.offset_seconds - s.uncertainty_seconds), o.at_from) AS time_from,
        coalesce(moved(o.stated, s.offset_seconds + s.uncertainty_seconds), o.at_to) AS time_to
    FROM dns_dated AS o
    LEFT JOIN guid_alias AS a ON o.process_guid = a.guid
    ASOF LEFT JOIN skew AS s ON o.stated >= s.stated_from
)

SELECT * FROM final
ORDER BY observation
