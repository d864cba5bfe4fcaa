-- script_chosen: the scripts that the filters ask for.
-- grain:  script
-- reads:  script, process_wanted, process_holding

WITH final AS (
    SELECT
        s.script AS identifier,
        s.host,
        s.time_from,
        s.time_to
    FROM script AS s
    WHERE
        identifier_wanted(s.script)
        AND host_wanted(s.host)
        AND time_wanted(s.time_from, s.time_to)
        AND source_wanted(list_transform(s.evidence, LAMBDA e: e.source))
        AND confidence_wanted(s.process_confidence)
        AND (NOT asks_process() OR s.process IN (SELECT process FROM process_wanted))
        AND (
            getvariable('contains') IS NULL
            OR holds(
                [s.script, s.host, s.kind, s.block, s.text, s.path, s.host_application]
                || list_transform(s.evidence, LAMBDA e: e.source)
                || list_transform(s.evidence, LAMBDA e: e.file)
            )
            OR s.process IN (SELECT process FROM process_holding)
        )
)

SELECT * FROM final
