-- fact_moment: when each observation of its table was written, in their order.
-- grain:  one observation
-- reads:  host_fact (moments)
-- needs:  host_fact

WITH final AS (
    SELECT * FROM moments('host_fact')
)

SELECT * FROM final
ORDER BY observation
