-- dns_dated: DNS observations with the interval of their record time.
-- grain:  one observation
-- reads:  dns_observation (dated)

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
        name,
        query_type,
        status,
        addresses,
        cnames,
        servers,
        pid,
        process_guid,
        image,
        user,
        owner,
        ttl_left,
        ttl_original,
        authoritative,
        recorded_basis
    FROM dated('dns_observation')
)

SELECT * FROM final
ORDER BY observation
