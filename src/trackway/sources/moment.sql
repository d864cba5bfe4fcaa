-- moment: what the times of one batch say, each different text once.
-- grain:  one text, in the order given
-- reads:  written

WITH final AS (
    SELECT
        written_time(time_text) AS recorded,
        -- '…:41Z' leaves a second open, '…:41.485Z' a millisecond, FILETIME text nothing that matters
        CASE
            WHEN has_zone(time_text) AND time_text NOT LIKE '%:%' THEN 1000
            WHEN regexp_matches(time_text, '[.,]\d{6}') THEN 1
            WHEN regexp_matches(time_text, '[.,]\d') THEN 1000
            ELSE 1000000
        END AS recorded_width,
        has_zone(time_text) AS is_zoned,
        CASE
            WHEN text_of(time_text) IS NULL THEN 'there is no time'
            WHEN coalesce(NOT is_plausible(written_time(time_text)), true) THEN 'time ' || time_text || ' cannot be'
        END AS misplaced
    FROM written
)

SELECT * FROM final
