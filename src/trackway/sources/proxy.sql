-- proxy: one connection observation for each request that a web proxy logged.
-- grain:  one raw row
-- reads:  event
-- rule:   the client stands as source, the proxy as destination, where the log names it. A request was begun its
--         duration before it was logged, if that is at most a week.

WITH read AS (
    SELECT
        *,
        number_of(Elapsed) AS milliseconds,
        observed.recorded AS ended
    FROM event
),

final AS (
    SELECT
        observed.*,
        'proxy' AS source,
        CASE WHEN milliseconds BETWEEN 0 AND 604800000 THEN timezone('UTC', ended - to_milliseconds(milliseconds)) END AS stated,
        'request' AS stage,
        6 AS protocol,
        client_address AS source_address,
        number_of(ClientPort) AS source_port,
        proxy_address AS destination_address,
        number_of(ProxyPort) AS destination_port,
        text_of(Host) AS asked_name,
        text_of(User) AS user,
        -- a tunnel's bytes are the connection's own, a request's only a part of them
        CASE WHEN Method = 'CONNECT' THEN number_of(Sent) END AS bytes_from_source,
        CASE WHEN Method = 'CONNECT' THEN number_of(Received) END AS bytes_from_destination,
        coalesce(
            not_a_port(ClientPort),
            not_a_port(ProxyPort),
            not_an_address(Client, client_address),
            not_an_address(Proxy, proxy_address),
            CASE WHEN client_address IS NULL THEN 'there is no client' END
        ) AS skip
    FROM read
)

SELECT * FROM final
