-- dns_dated: DNS observations with the interval of their record time.
-- grain:  one observation
-- reads:  dns_observation, dns_moment
-- needs:  dns_moment

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
    FROM dns_observation POSITIONAL JOIN dns_moment
)

SELECT * FROM final
ORDER BY observation
