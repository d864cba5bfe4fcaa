-- lookup_id: the identifier of each look-up, and its place in the order of time.
-- grain:  lookup
-- reads:  resolution
-- needs:  resolution
-- rule:   the identifier is a hash of what was asked, by whom, when and with what result; of several that
--         agree in all of that, each has its number.

WITH twin AS (
    SELECT
        lookup,
        name,
        pid,
        query_type,
        status,
        time_from,
        time_to,
        -- a number sorts quicker than texts; two that share it by chance are only numbered
        row_number() OVER (
            PARTITION BY hash(lower(name), pid, query_type, time_from, status) ORDER BY lookup
        ) AS number
    FROM resolution
),

identified AS (
    SELECT
        lookup,
        time_from,
        time_to,
        identifier(concat_ws(
            '|', getvariable('host'), 'lookup', lower(name), coalesce(pid, -1), coalesce(query_type, -1),
            epoch_us(time_from), coalesce(status, -1), number
        )) AS id
    FROM twin
),

final AS (
    SELECT
        lookup,
        id,
        row_number() OVER (ORDER BY time_from, time_to, id) AS place
    FROM identified
)

SELECT * FROM final
ORDER BY place
