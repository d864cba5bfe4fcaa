-- connection_dated: connection observations with the interval of their record time.
-- grain:  one observation
-- reads:  connection_observation, connection_moment
-- needs:  connection_moment

WITH final AS (
    SELECT
        observation,
        source,
        file,
        line,
        record,
        at_from,
        at_to,
        stated,
        stage,
        direction,
        protocol,
        source_address,
        source_port,
        destination_address,
        destination_port,
        icmp_type,
        icmp_code,
        remote_name_hint,
        pid,
        process_guid,
        image,
        user
    FROM connection_observation POSITIONAL JOIN connection_moment
)

SELECT * FROM final
ORDER BY observation
