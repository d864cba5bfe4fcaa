-- addresses: which addresses stand in most records, on whichever side; IPv4 in IPv6 is IPv4.
-- grain:  address
-- reads:  record
-- rule:   a record counts once for an address, also where both ends are the same.
WITH address_of_record AS (
    SELECT
        unnest(list_distinct(addresses)) AS address,
        time
    FROM record
)

SELECT
    address,
    count(*) AS records,
    min(time) AS first,
    max(time) AS last
FROM address_of_record
GROUP BY address
ORDER BY records DESC, address
