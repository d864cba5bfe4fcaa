-- resolved: one DNS observation for each answer that somebody got for a question of his own.
-- grain:  one raw row
-- reads:  event

WITH final AS (
    SELECT
        observed.*,
        'resolved' AS source,
        text_of(TimeBasis) AS recorded_basis,
        'ttl' AS stage,
        regexp_replace(text_of(Name), '(.)\.$', '\1') AS name,
        regexp_replace(text_of(Name), '(.)\.$', '\1') AS owner,
        type_number(Type) AS query_type,
        CASE WHEN type_number(Type) IN (1, 28) AND address IS NOT NULL THEN [address] ELSE [] END AS addresses,
        CASE
            WHEN type_number(Type) = 5 AND text_of(Data) IS NOT NULL THEN [regexp_replace(Data, '\.$', '')]
            ELSE []
        END AS cnames,
        coalesce(server_list, []) AS servers,
        [] AS local_addresses,
        number_of(TTL) AS ttl_original,
        coalesce(Authoritative = 'true', false) AS authoritative,
        coalesce(
            CASE WHEN text_of(Name) IS NULL THEN 'there is no name' END,
            CASE
                WHEN coalesce(number_of(TTL) NOT BETWEEN 0 AND 2147483647, true)
                    THEN 'TTL ' || coalesce(TTL, 'null') || ' is none'
            END
        ) AS skip
    FROM event
)

SELECT * FROM final
