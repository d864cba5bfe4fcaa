-- dated: observations of one table with the UTC interval that the record's own time gives.
-- grain:  one observation; `observation` numbers them in the order of the evidence
-- reads:  any observation table, zone_span
-- rule:   a format that writes UTC is believed; else the user's time zone; else the zone measured;
--         else the label. Whole seconds leave the second open, milliseconds count as instants.

CREATE MACRO dated(observations) AS TABLE
SELECT
    o.*,
    moment AS at_from,
    moment + CASE WHEN o.recorded_width >= 1000000 THEN INTERVAL 999999 MICROSECONDS ELSE INTERVAL 0 SECONDS END AS at_to
FROM (
    SELECT
        row_number() OVER () AS observation,
        *
    FROM query_table(observations)
) AS o
ASOF LEFT JOIN zone_span AS s
    ON o.file = s.file AND o.recorded >= s.recorded_from
CROSS JOIN LATERAL (
    SELECT
        timezone(
            'UTC',
            CASE
                WHEN o.zoned THEN o.recorded
                WHEN getvariable('timezone') IS NOT NULL
                    THEN timezone('UTC', timezone(getvariable('timezone'), o.recorded))
                ELSE o.recorded + to_seconds(coalesce(getvariable('timezone_seconds'), s.zone_seconds, 0))
            END
        ) AS moment
) AS m
