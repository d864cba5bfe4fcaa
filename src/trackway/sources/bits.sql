-- bits: one fact for each record about a job or a transfer of BITS.
-- grain:  one raw row
-- reads:  event
-- rule:   the subject is the job's identifier, the same in all records of a job; the value is its URL, or its
--         title where no URL is named.

WITH final AS (
    SELECT
        observed.*,
        'bits_' || event_id AS source,
        CASE event_id
            WHEN 3 THEN 'bits_job'
            WHEN 4 THEN 'bits_complete'
            WHEN 59 THEN 'bits_started'
            WHEN 60 THEN 'bits_stopped'
            WHEN 61 THEN 'bits_failed'
            WHEN 16403 THEN 'bits_file'
        END AS kind,
        nullif(
            lower(regexp_extract(coalesce(text_of(jobId), Id), '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}')), ''
        ) AS subject,
        nullif(CASE
            WHEN event_id IN (3, 4) THEN text_of(jobTitle)
            WHEN event_id = 16403 THEN concat_ws(' -> ', text_of(RemoteName), text_of(LocalName))
            ELSE concat_ws(
                ', ',
                text_of(url),
                '0x' || lower(to_hex(nullif(number_of(hr), 0))),
                nullif(try_cast(bytesTransferred AS UBIGINT), 18446744073709551615) || ' bytes'
            )
        END, '') AS value,
        nullif(number_of(processId), 0) AS pid,
        text_of(processPath) AS image,
        text_of(jobOwner) AS user,
        not_a_pid(processId) AS skip
    FROM event
)

SELECT * FROM final
