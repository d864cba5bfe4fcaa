-- dns_cache: one DNS observation for each row of a resolver cache.
-- grain:  one raw row
-- reads:  event
-- rule:   type and status are numbers or words, by the program that printed them. The name asked for is the
--         heading of the row, the owner the record's own name.

WITH read AS (
    SELECT
        *,
        CASE
            WHEN lower(Status) IN ('norecords', '9701') THEN 9701
            WHEN lower(Status) IN ('notexist', '9003') THEN 9003
            ELSE coalesce(number_of(Status), 0)
        END AS status_number,
        type_number(Type) AS type_number
    FROM event
),

final AS (
    SELECT
        observed.*,
        'dns_cache' AS source,
        text_of(TimeBasis) AS recorded_basis,
        'cached' AS stage,
        regexp_replace(text_of(Entry), '(.)\.$', '\1') AS name,
        regexp_replace(coalesce(text_of(Name), text_of(Entry)), '(.)\.$', '\1') AS owner,
        type_number AS query_type,
        status_number AS status,
        CASE WHEN type_number IN (1, 28) AND address IS NOT NULL THEN [address] ELSE [] END AS addresses,
        CASE WHEN type_number = 5 AND text_of(Data) IS NOT NULL THEN [regexp_replace(Data, '\.$', '')] ELSE [] END AS cnames,
        [] AS servers,
        [] AS local_addresses,
        number_of(TimeToLive) AS ttl_left,
        coalesce(
            CASE WHEN text_of(Entry) IS NULL THEN 'there is no name' END,
            CASE
                WHEN text_of(TimeToLive) IS NOT NULL AND coalesce(number_of(TimeToLive) NOT BETWEEN 0 AND 4294967295, true)
                    THEN 'TTL ' || TimeToLive || ' is none'
            END,
            CASE
                WHEN type_number IN (1, 28) AND status_number = 0 AND text_of(Data) IS NOT NULL THEN not_an_address(Data, address)
            END
        ) AS skip
    FROM read
)

SELECT * FROM final
