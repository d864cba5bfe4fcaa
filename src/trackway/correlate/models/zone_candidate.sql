-- zone_candidate: the zones that the witnesses of one file agree on.
-- grain:  file, basis, zone_seconds
-- reads:  zone_witness
-- needs:  zone_witness
-- rule:   a zone needs a twentieth of the file's witnesses of its basis, since a late record may round
--         to a wrong quarter. A collector that is not prompt (its delays spread over a minute) says
--         nothing about zones.

WITH counted AS (
    SELECT
        file,
        basis,
        zone_seconds,
        count(*) AS support,
        quantile_cont(residual, 0.75) - quantile_cont(residual, 0.25) AS spread_seconds
    FROM zone_witness
    GROUP BY file, basis, zone_seconds
),

final AS (
    SELECT *
    FROM counted
    WHERE basis = 'sysmon' OR spread_seconds <= 60
    QUALIFY support >= 0.05 * sum(support) OVER (PARTITION BY file, basis)
)

SELECT * FROM final
ORDER BY file, basis, zone_seconds
