-- told: every record that the evidence still holds, with what it is about.
-- grain:  host, place
-- reads:  true_record, true_log
-- rule:   a log that was written over or cleared begins at its `first`; a line of pfirewall.log that went
--         into the .old file has the place it had.

WITH final AS (
    SELECT
        short_host(r.host) AS host,
        place_of(r.file, r.line, r.record) AS place,
        r.source,
        r.about,
        r.names_process
    FROM true_record AS r
    INNER JOIN true_log AS l ON r.host = l.host AND r.file = l.file
    WHERE r.record >= l.first
)

SELECT * FROM final
ORDER BY host, place, source, about
