-- once: observations that stand in the evidence more than once, all but the best of each.
-- grain:  one observation too many, by its place in the table
-- reads:  observation (one observation table of one host)
-- rule:   two records are one if kind, record number and content agree and their times are the same but for
--         whole quarters of an hour, since exports write local times. Records without a number are one if
--         they agree in time too and stand in different files; the second of two alike in one file is the
--         second of those in the other. The best is the one whose time says UTC, then the finest, then the
--         first by name of its file.

WITH numbered AS (
    SELECT source, record
    FROM observation
    WHERE record IS NOT NULL
    GROUP BY ALL
    HAVING count(*) > 1
),

unnumbered AS (
    SELECT source
    FROM observation
    WHERE record IS NULL
    GROUP BY source
    HAVING count(DISTINCT file) > 1
),

candidate AS (
    SELECT
        o.place,
        o.file,
        o.line,
        o.source,
        o.record,
        o.zoned,
        o.recorded_width,
        CASE WHEN o.record IS NULL THEN epoch_us(o.recorded) ELSE CAST(floor(epoch(o.recorded)) AS BIGINT) % 900 END AS moment,
        o.content
    FROM observation AS o
    LEFT JOIN numbered AS n ON o.source = n.source AND o.record = n.record
    LEFT JOIN unnumbered AS u ON o.source = u.source AND o.record IS NULL
    WHERE n.source IS NOT NULL OR u.source IS NOT NULL
),

counted AS (
    SELECT
        *,
        CASE
            WHEN record IS NULL
                THEN row_number() OVER (PARTITION BY source, moment, content, file ORDER BY line, place)
        END AS occurrence
    FROM candidate
),

final AS (
    SELECT place, file, source
    FROM counted
    QUALIFY
        row_number() OVER (
            PARTITION BY source, record, moment, content, occurrence
            ORDER BY zoned DESC, recorded_width NULLS LAST, file, line NULLS FIRST, place
        ) > 1
)

SELECT * FROM final
ORDER BY place
