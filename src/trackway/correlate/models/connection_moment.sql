-- connection_moment: when each observation of its table was written, in their order.
-- grain:  one observation
-- reads:  connection_observation (moments)
-- needs:  connection_observation

WITH final AS (
    SELECT * FROM moments('connection_observation')
)

SELECT * FROM final
ORDER BY observation
