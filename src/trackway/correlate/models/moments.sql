-- moments: the UTC interval that the own time of each observation of one table gives.
-- grain:  one observation; `observation` numbers them in the order of the evidence
-- reads:  any observation table, zone_span
-- rule:   a format that writes UTC is believed; else the user's time zone; else the zone measured; for the firewall's
--         log, which is in local time by its format, else the zone that the registry names; else the label. Whole seconds leave the second
--         open, milliseconds count as instants. A time of the hour that repeats in autumn leaves both moments open.

CREATE MACRO moments(observations) AS TABLE
SELECT
    o.observation,
    moment AS at_from,
    greatest(moment, moment_to)
    + CASE WHEN o.recorded_width >= 1000000 THEN to_microseconds(o.recorded_width - 1) ELSE INTERVAL 0 SECONDS END AS at_to
FROM (
    SELECT
        row_number() OVER () AS observation,
        file,
        recorded,
        recorded_width,
        zoned,
        source
    FROM query_table(observations)
) AS o
ASOF LEFT JOIN zone_span AS s
    ON o.file = s.file AND o.recorded >= s.recorded_from
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN o.zoned THEN NULL
            WHEN getvariable('timezone_label') IS NOT NULL THEN getvariable('timezone')
            WHEN s.file IS NULL AND starts_with(o.source, 'firewall_lo') THEN getvariable('told_timezone')
        END AS zone
) AS n
CROSS JOIN LATERAL (
    SELECT
        timezone(n.zone, o.recorded - INTERVAL 1 HOUR) + INTERVAL 1 HOUR AS early,
        timezone(n.zone, o.recorded + INTERVAL 1 HOUR) - INTERVAL 1 HOUR AS late
) AS z
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN o.zoned THEN timezone('UTC', o.recorded)
            -- in the hour that repeats in autumn, both of its moments show what was written
            WHEN timezone(n.zone, z.early) = o.recorded THEN z.early
            WHEN n.zone IS NOT NULL THEN timezone(n.zone, o.recorded)
            ELSE timezone('UTC', o.recorded + to_seconds(coalesce(getvariable('timezone_seconds'), s.zone_seconds, 0)))
        END AS moment,
        CASE
            WHEN timezone(n.zone, z.late) = o.recorded THEN z.late
            WHEN NOT o.zoned AND getvariable('timezone_label') IS NULL
                THEN timezone('UTC', o.recorded + to_seconds(s.later_seconds))
        END AS moment_to
) AS m
