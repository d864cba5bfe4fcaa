-- observed: the raw rows of one batch, with the columns that every observation has.
-- grain:  one raw row
-- reads:  raw, file_name, zoned
-- rule:   a record without a plausible time cannot be placed and is skipped.

WITH timed AS (
    SELECT
        *,
        written_time(time_text) AS recorded,
        -- '…:41Z' leaves a second open, '…:41.485Z' a millisecond, FILETIME text nothing that matters
        CASE
            WHEN has_zone(time_text) AND time_text NOT LIKE '%:%' THEN 1000
            WHEN regexp_matches(time_text, '[.,]\d{6}') THEN 1
            WHEN regexp_matches(time_text, '[.,]\d') THEN 1000
            ELSE 1000000
        END AS recorded_width
    FROM raw
),

judged AS (
    SELECT
        *,
        CASE
            WHEN text_of(computer) IS NULL THEN 'there is no computer name'
            WHEN text_of(time_text) IS NULL THEN 'there is no time'
            WHEN coalesce(NOT is_plausible(recorded), true) THEN 'time ' || time_text || ' cannot be'
        END AS unplaced
    FROM timed
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
            'ingested': written_time(ingested_text),
            'zoned': getvariable('zoned') OR has_zone(time_text),
            'unplaced': unplaced
        } AS observed
    FROM judged
)

SELECT * FROM final
