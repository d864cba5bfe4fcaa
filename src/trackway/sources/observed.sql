-- observed: the raw rows of one batch, with the columns that every observation has.
-- grain:  one raw row
-- reads:  raw (with what `moment` says of its times), file_name, zoned
-- rule:   a record without a plausible time cannot be placed and is skipped.

WITH judged AS (
    SELECT
        *,
        CASE
            WHEN text_of(computer) IS NULL THEN 'there is no computer name'
            WHEN time_text IS NULL THEN 'there is no time'
            ELSE misplaced
        END AS unplaced
    FROM raw
),

final AS (
    SELECT
        *,
        {
            'host': computer,
            'file': getvariable('file_name'),
            'line': line,
            'record': record,
            'recorded': recorded,
            'recorded_width': recorded_width,
            'ingested': CASE WHEN ingested_text IS NOT NULL THEN written_time(ingested_text) END,
            'zoned': getvariable('zoned') OR coalesce(is_zoned, false),
            'unplaced': unplaced
        } AS observed
    FROM judged
)

SELECT * FROM final
