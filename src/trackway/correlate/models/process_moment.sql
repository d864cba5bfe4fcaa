-- process_moment: when each observation of its table was written, in their order.
-- grain:  one observation
-- reads:  process_observation (moments)
-- needs:  process_observation

WITH final AS (
    SELECT * FROM moments('process_observation')
)

SELECT * FROM final
ORDER BY observation
