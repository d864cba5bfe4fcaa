-- load: the observations of one host as they were read, with what their place and the user say of them.
-- grain:  one observation
-- reads:  relation (the parts of one table), collected (file, moment)
-- rule:   what named no host belongs to this one if its place says so. A record without a time of its own
--         was read with the file's; the collector's own word counts more, then the user's.

WITH known AS (
    SELECT
        r.* REPLACE (
            CASE WHEN starts_with(r.host, getvariable('nameless')) THEN getvariable('host') ELSE r.host END AS host
        ),
        CASE
            WHEN r.recorded_basis = 'file time' AND c.moment IS NOT NULL THEN 'collector'
            WHEN r.recorded_basis = 'file time' AND getvariable('collected_at') IS NOT NULL THEN 'option'
        END AS better,
        CASE better WHEN 'collector' THEN c.moment WHEN 'option' THEN getvariable('collected_at') END AS moment
    FROM relation AS r
    LEFT JOIN collected AS c ON r.file = c.file
    WHERE list_contains(getvariable('spellings'), r.host)
),

final AS (
    SELECT
        * EXCLUDE (better, moment) REPLACE (
            coalesce(timezone('UTC', moment), recorded) AS recorded,
            CASE WHEN better IS NULL THEN recorded_width ELSE 1 END AS recorded_width,
            coalesce(better, recorded_basis) AS recorded_basis,
            zoned OR better IS NOT NULL AS zoned
        )
    FROM known
)

SELECT * FROM final
ORDER BY file, line, record, source
