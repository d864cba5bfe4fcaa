-- is_program: whether a path is that of a program, which is given by its name or by its path; null is any program.
-- note:   of a path on a device the drive is not known.

CREATE MACRO is_program(found, sought) AS  -- noqa: CP05
CASE
    WHEN sought IS NULL THEN true
    WHEN NOT contains(sought, '\') THEN regexp_extract(lower(found), '[^\\/]*$') = lower(sought)
    WHEN found ILIKE '\device\%'
        THEN regexp_replace(lower(found), '^\\device\\[^\\]+', '') = regexp_replace(lower(sought), '^[a-z]:', '')
    WHEN NOT contains(found, '\')
        THEN CASE WHEN regexp_extract(lower(sought), '[^\\]*$') = lower(found) THEN NULL ELSE false END
    ELSE lower(found) = lower(sought)
END
