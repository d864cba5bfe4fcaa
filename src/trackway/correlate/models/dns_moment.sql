-- dns_moment: when each observation of its table was written, in their order.
-- grain:  one observation
-- reads:  dns_observation (moments)
-- needs:  dns_observation

WITH final AS (
    SELECT * FROM moments('dns_observation')
)

SELECT * FROM final
ORDER BY observation
