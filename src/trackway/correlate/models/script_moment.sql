-- script_moment: when each observation of its table was written, in their order.
-- grain:  one observation
-- reads:  script_observation (moments)
-- needs:  script_observation

WITH final AS (
    SELECT * FROM moments('script_observation')
)

SELECT * FROM final
ORDER BY observation
