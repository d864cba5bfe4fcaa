-- addresses: which addresses stand in most records, on whichever side; IPv4 in IPv6 is IPv4.
-- grain:  address
-- reads:  record
-- rule:   a record counts once for an address, also where both ends are the same.
WITH address_of_record AS (
    SELECT
        unnest(list_distinct(addresses)) AS address,
        records,
        first,
        last
    FROM record
)

SELECT
    address,
    sum(records)::BIGINT AS records,
    min(first) AS first,
    max(last) AS last
FROM address_of_record
GROUP BY address
ORDER BY records DESC, address
