-- connection_clocked: oriented observations with the UTC interval in which each can have happened.
-- grain:  one observation with a destination
-- reads:  oriented, skew, family_skew, guid_alias
-- needs:  oriented
-- rule:   Sysmon's UtcTime plus its skew, give or take what the skew leaves open; else the time that the record
--         states of its activity, or its own, by the clock of its family.

WITH final AS (
    SELECT
        o.* EXCLUDE (at_from, at_to, stated, by_sysmon, process_guid),
        coalesce(a.same_as, o.process_guid) AS process_guid,
        coalesce(
            moved(o.by_sysmon, s.offset_seconds - s.uncertainty_seconds),
            moved(coalesce(o.stated, o.at_from), f.offset_seconds)
        ) AS time_from,
        coalesce(
            moved(o.by_sysmon, s.offset_seconds + s.uncertainty_seconds),
            moved(coalesce(o.stated, o.at_to), f.offset_seconds)
        ) AS time_to
    FROM (SELECT *, CASE WHEN source = 'sysmon_3' THEN stated END AS by_sysmon FROM oriented) AS o
    LEFT JOIN guid_alias AS a ON o.process_guid = a.guid
    ASOF LEFT JOIN family_skew AS f ON family(o.source) = f.family AND coalesce(o.stated, o.at_from) >= f.own_from
    ASOF LEFT JOIN skew AS s ON o.by_sysmon >= s.stated_from
)

SELECT * FROM final
ORDER BY observation
