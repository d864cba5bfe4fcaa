-- hosts_file: one DNS observation for each name of the hosts file.
-- grain:  one raw row
-- reads:  event

WITH final AS (
    SELECT
        observed.*,
        'hosts_file' AS source,
        text_of(TimeBasis) AS recorded_basis,
        'hosts' AS stage,
        text_of(Name) AS name,
        text_of(Name) AS owner,
        CASE WHEN contains(parsed, ':') THEN 28 ELSE 1 END AS query_type,
        [parsed] AS addresses,
        [] AS cnames,
        [] AS servers,
        [] AS local_addresses,
        not_an_address(Address, parsed) AS skip
    FROM event
)

SELECT * FROM final
