-- dns_client: one DNS observation for each interpreted record of the DNS-Client provider.
-- grain:  one raw row
-- reads:  event
-- rule:   the process is the header's in 3006 and 3008, which the caller writes; ClientPID in the
--         others, which the resolver writes; unknown where ClientPID is absent.

WITH final AS (
    SELECT
        observed.*,
        'dns_client_' || event_id AS source,
        CASE event_id
            WHEN 3006 THEN 'asked'
            WHEN 3008 THEN 'completed'
            WHEN 3009 THEN 'network'
            WHEN 3010 THEN 'sent'
            WHEN 3011 THEN 'received'
            WHEN 3016 THEN 'cache_asked'
            WHEN 3018 THEN 'cache'
            WHEN 3019 THEN 'wire_asked'
            WHEN 3020 THEN 'answered'
            ELSE 'timeout'
        END AS stage,
        -- 1014 may write the name with a trailing dot
        regexp_replace(text_of(QueryName), '(.)\.$', '\1') AS name,
        number_of(QueryType) AS query_type,
        CASE
            WHEN event_id IN (1013, 1014, 1015) THEN 1460
            ELSE number_of(coalesce(QueryStatus, Status, ResponseStatus))
        END AS status,
        coalesce(answer.addresses, []) AS addresses,
        coalesce(answer.cnames, []) AS cnames,
        coalesce(server_list, one_server, CASE WHEN socket IS NOT NULL THEN [socket] END, []) AS servers,
        coalesce(own_addresses, []) AS local_addresses,
        CASE
            WHEN event_id IN (3006, 3008) THEN header_pid
            ELSE nullif(number_of(ClientPID), 0)
        END AS pid,
        CASE WHEN event_id IN (3006, 3008) THEN header_user END AS user,
        coalesce(
            CASE WHEN event_id IN (3006, 3008) THEN not_a_pid(CAST(header_pid AS VARCHAR)) END,
            not_a_pid(ClientPID),
            CASE WHEN text_of(QueryName) IS NULL THEN 'there is no name' END
        ) AS skip
    FROM event
)

SELECT * FROM final
