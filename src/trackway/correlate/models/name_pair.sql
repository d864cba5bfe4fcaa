-- name_pair: the different pairs of an address and a name that was told it, names without regard to letter case.
-- grain:  pair (number)
-- reads:  answered
-- needs:  answered

WITH final AS (
    SELECT
        row_number() OVER (ORDER BY address, name) AS pair,
        address,
        name
    FROM (SELECT DISTINCT address, name FROM answered)
)

SELECT * FROM final
ORDER BY pair
