-- audit_policy: one fact for each subcategory of the audit policy.
-- grain:  one raw row
-- reads:  event
-- rule:   the GUID and the number count more than names and words, which are in the host's language; a known name more
--         than the place in a list.

WITH read AS (
    SELECT
        *,
        coalesce(lower(text_of(Subcategory)), named, placed) AS guid,
        CASE number_of(Number)
            WHEN 0 THEN 'none'
            WHEN 1 THEN 'success'
            WHEN 2 THEN 'failure'
            WHEN 3 THEN 'success+failure'
            ELSE worded
        END AS setting
    FROM event
),

final AS (
    SELECT
        observed.*,
        'audit_policy' AS source,
        text_of(TimeBasis) AS recorded_basis,
        'audit_policy' AS kind,
        guid AS subject,
        setting AS value,
        CASE
            WHEN guid IS NULL
                THEN 'subcategory ' || coalesce(Name, '') || ' is in a language not known here; auditpol with /r gives its GUID'
            WHEN setting IS NULL
                THEN 'setting ' || coalesce(Inclusion, '') || ' is in a language not known here; auditpol /backup has a number'
        END AS skip
    FROM read
)

SELECT * FROM final
