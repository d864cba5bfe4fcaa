-- srum: one fact for each sum that SRUM wrote down.
-- grain:  one raw row
-- reads:  event
-- rule:   the program is a path, with the group of a svchost in brackets; the name of a service; the name of a package;
--         or `!!name!build time!…!` where no path is known. Row 0 of the accounts and programs stands for nobody.

WITH read AS (
    SELECT
        *,
        text_of(App) AS program,
        number_of(Interface) AS luid,
        Counted = 'usage' AS is_usage
    FROM event
),

final AS (
    SELECT
        observed.*,
        'srum_' || Counted AS source,
        try_cast(Since AS TIMESTAMPTZ) AS stated,
        CASE WHEN is_usage THEN 'program_traffic' ELSE 'network_connected' END AS kind,
        program AS subject,
        CAST(
            CASE
                WHEN is_usage
                    THEN json_object(
                        'bytes_sent', number_of(Sent), 'bytes_received', number_of(Received), 'interface', interface_type(luid)
                    )
                ELSE json_object('seconds', number_of(Seconds), 'interface', interface_type(luid))
            END AS VARCHAR
        ) AS value,
        CASE
            WHEN program LIKE '!!%' THEN nullif(split_part(program, '!', 3), '')
            WHEN program LIKE '%\%' OR program IN ('System', 'Registry')
                THEN regexp_replace(program, ' \[[^\]]*\]$', '')
        END AS image,
        coalesce(account(User, NULL, NULL), text_of(User)) AS user,
        CASE
            WHEN is_usage AND coalesce(number_of(Sent), number_of(Received)) IS NULL THEN 'there is no number of bytes'
            WHEN is_usage AND least(number_of(Sent), number_of(Received)) < 0 THEN 'a negative number of bytes'
        END AS skip
    FROM read
)

SELECT * FROM final
