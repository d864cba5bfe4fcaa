-- chosen: the wanted rows that the limit leaves, numbered in order.
-- grain:  identifier
-- reads:  wanted

WITH kept AS (
    SELECT identifier, host, time_from, time_to
    FROM wanted
    ORDER BY host, time_from NULLS FIRST, time_to NULLS LAST, identifier
    LIMIT getvariable('limit')
),

final AS (
    SELECT
        *,
        row_number() OVER (ORDER BY host, time_from NULLS FIRST, time_to NULLS LAST, identifier) AS number
    FROM kept
)

SELECT * FROM final
ORDER BY number
