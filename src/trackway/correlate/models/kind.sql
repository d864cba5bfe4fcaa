-- kind: each kind of record whose silence can matter: the log it stands in and the rhythm it is written in.
-- grain:  source
-- reads:  heard, witness, log_name
-- rule:   `patience` is the longest silence that its own rhythm explains: twenty times what 95 of 100 pauses
--         stay below, ten minutes at least. Fewer than thirty records have no rhythm. What stands in no log
--         is a snapshot of one moment. Times are subtracted as numbers: as such they cost a fiftieth.

WITH written AS (
    SELECT
        source,
        min(moment) AS first,
        max(moment) AS last,
        count(*) AS records,
        (epoch_us(max(moment)) - epoch_us(min(moment))) / 1e6 / nullif(count(*) - 1, 0) AS typical,
        CASE
            WHEN count(*) >= 30
                THEN greatest(600, 20 * quantile_disc(epoch_us(moment) - epoch_us(before), 0.95) / 1e6)
        END AS patience
    FROM heard
    GROUP BY source
),

listed AS (
    SELECT source
    FROM written
    UNION
    SELECT source
    FROM witness
    UNION
    SELECT 'firewall_log'
),

named AS (
    SELECT l.source, n.log, n.manner
    FROM listed AS l
    LEFT JOIN log_name AS n ON regexp_matches(l.source, n.pattern)
    QUALIFY row_number() OVER (PARTITION BY l.source ORDER BY n.place) = 1
),

final AS (
    SELECT
        source,
        log,
        coalesce(manner, 'snapshot') AS manner,
        first,
        last,
        coalesce(records, 0) AS records,
        typical,
        patience
    FROM named
    LEFT JOIN written USING (source)
)

SELECT * FROM final
ORDER BY source
