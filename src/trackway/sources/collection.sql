-- collection: one fact for each thing that a collector says of its collection.
-- grain:  one raw row
-- reads:  event
-- rule:   Velociraptor counts microseconds since 1970. A time is taken where it is one, since others rest on it.

WITH read AS (
    SELECT
        *,
        coalesce(text_of(Fqdn), text_of(Hostname)) AS named,
        number_of(Started) AS began
    FROM event
),

told AS (
    SELECT
        *,
        coalesce(lower(text_of(Property)), CASE WHEN named IS NOT NULL THEN 'name' ELSE 'collected' END) AS kind,
        coalesce(
            text_of(Said),
            named,
            CASE
                WHEN began BETWEEN 1000000000000000 AND 4000000000000000
                    THEN strftime(make_timestamp(began), '%Y-%m-%dT%H:%M:%S.%fZ')
            END
        ) AS words
    FROM read
),

final AS (
    SELECT
        observed.*,
        'collection' AS source,
        text_of(TimeBasis) AS recorded_basis,
        kind,
        words AS value,
        CASE
            WHEN words IS NULL THEN 'it says neither a host nor a time'
            WHEN kind = 'collected' AND utc_of(words) IS NULL THEN 'time ' || words || ' cannot be'
        END AS skip
    FROM told
)

SELECT * FROM final
