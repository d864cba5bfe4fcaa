-- zone_witness: how far the written time of a record lies from UTC, where the record shows both.
-- grain:  one observation that carries a second, trustworthy time
-- reads:  process_observation, connection_observation, dns_observation, script_observation
-- rule:   Sysmon 1 and 5 state UtcTime by the clock that also stamps the record. A collector's time
--         (`ingested`) is UTC and a little late. Whole quarters of an hour are a zone, the rest is
--         delay. Sysmon 3 and 22 run by another clock that may be hours off: they never speak here.
--         Zones reach from -12 to +14 h; a 12-hour clock without AM and PM adds or takes 12 more.

WITH arrived AS (
    SELECT file, recorded, ingested, zoned FROM process_observation
    UNION ALL
    SELECT file, recorded, ingested, zoned FROM connection_observation
    UNION ALL
    SELECT file, recorded, ingested, zoned FROM dns_observation
    UNION ALL
    SELECT file, recorded, ingested, zoned FROM script_observation
),

paired AS (
    SELECT
        file,
        recorded,
        'sysmon' AS basis,
        epoch(timezone('UTC', stated) - recorded) AS gap
    FROM process_observation
    WHERE stated IS NOT NULL AND NOT zoned
    UNION ALL
    SELECT
        file,
        recorded,
        'collector' AS basis,
        epoch(ingested - recorded) AS gap
    FROM arrived
    WHERE ingested IS NOT NULL AND NOT zoned
),

final AS (
    SELECT
        file,
        basis,
        recorded,
        CAST(round(gap / 900) * 900 AS BIGINT) AS zone_seconds,
        gap - round(gap / 900) * 900 AS residual
    FROM paired
    WHERE abs(gap) <= 26 * 3600 + 450
)

SELECT * FROM final
ORDER BY file, basis, recorded, zone_seconds, residual
