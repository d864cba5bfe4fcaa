-- process_placed: starts and ends of processes with their UTC interval.
-- grain:  one observation
-- reads:  process_observation, process_moment, guid_alias, family_skew
-- needs:  process_moment
-- rule:   Sysmon 1 and 5 state UtcTime by the system's clock; the Security log has the record's time; Defender runs by
--         the clock of its family.

WITH final AS (
    SELECT
        observation,
        source,
        file,
        line,
        record,
        moved(coalesce(stated, at_from), f.offset_seconds) AS time_from,
        moved(coalesce(stated, at_to), f.offset_seconds) AS time_to,
        kind,
        pid,
        parent_pid,
        coalesce(a.same_as, process_guid) AS process_guid,
        coalesce(p.same_as, parent_guid) AS parent_guid,
        image,
        command_line,
        user,
        logon_id,
        session,
        parent_image,
        parent_command_line,
        integrity,
        "hashes"
    FROM process_observation POSITIONAL JOIN process_moment
    LEFT JOIN guid_alias AS a ON process_guid = a.guid
    LEFT JOIN guid_alias AS p ON parent_guid = p.guid
    ASOF LEFT JOIN family_skew AS f ON family(source) = f.family AND coalesce(stated, at_from) >= f.own_from
)

SELECT * FROM final
ORDER BY observation
