-- zeek_dns: one DNS observation for each question that a sensor of Zeek saw, with its answer.
-- grain:  one raw row
-- reads:  event
-- rule:   the response code is the status as Windows numbers it, 9000 more; without addresses and without an
--         error there are no records of the type (9501). The resolver keeps an answer as long as its shortest TTL.

WITH final AS (
    SELECT
        observed.*,
        'zeek_dns' AS source,
        'wire' AS stage,
        regexp_replace(text_of(Query), '(.)\.$', '\1') AS name,
        regexp_replace(text_of(Query), '(.)\.$', '\1') AS owner,
        number_of(Type) AS query_type,
        CASE
            WHEN number_of(Rcode) BETWEEN 1 AND 255 THEN 9000 + number_of(Rcode)
            WHEN number_of(Rcode) = 0 AND text_of(Answers) IS NULL THEN 9501
            WHEN number_of(Rcode) = 0 THEN 0
        END AS status,
        coalesce(answer.addresses, []) AS addresses,
        CASE WHEN number_of(Type) IN (1, 28) THEN coalesce(answer.cnames, []) ELSE [] END AS cnames,
        CASE WHEN server IS NULL THEN [] ELSE [server] END AS servers,
        [client] AS local_addresses,
        shortest_ttl AS ttl_original,
        coalesce(Authority IN ('T', 'true'), false) AS authoritative,
        coalesce(
            not_a_port(OrigPort),
            not_an_address(OrigHost, client),
            CASE WHEN client IS NULL THEN 'there is no client' END,
            CASE WHEN text_of(Query) IS NULL THEN 'there is no name' END
        ) AS skip
    FROM event
)

SELECT * FROM final
