-- host_span: from the first to the last evidence of the host.
-- grain:  one row
-- reads:  heard, log_bound

WITH final AS (
    SELECT least(h.first, b.first) AS time_from, greatest(h.last, b.last) AS time_to
    FROM (SELECT min(moment) AS first, max(moment) AS last FROM heard) AS h
    CROSS JOIN (SELECT min(time_from) AS first, max(time_to) AS last FROM log_bound) AS b
    WHERE coalesce(h.first, b.first) IS NOT NULL
)

SELECT * FROM final
ORDER BY time_from
