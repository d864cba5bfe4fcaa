-- lookup_addresses: every address that a look-up was answered with, or whose server it asked.
-- grain:  address
-- reads:  lookup

SELECT DISTINCT unnest(addresses || servers) AS address
FROM lookup
ORDER BY address
