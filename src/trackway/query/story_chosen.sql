-- story_chosen: the stories that the filters ask for.
-- grain:  story
-- reads:  story, process_wanted, process_holding, script_holding, address_wanted
-- rule:   a word about the process is also met by the requester, the process that a service acted for.
-- note:   whole rows, of which each reader takes some columns; `chosen` orders them.

WITH final AS (
    SELECT
        s.story AS identifier,
        s.*
    FROM story AS s
    WHERE
        identifier_wanted(s.story)
        AND host_wanted(s.host)
        AND time_wanted(s.time_from, s.time_to)
        AND (getvariable('port') IS NULL OR s.remote_port = getvariable('port') OR s.local_port = getvariable('port'))
        AND (getvariable('protocol') IS NULL OR s.protocol_number = getvariable('protocol'))
        AND (getvariable('direction') IS NULL OR s.direction = getvariable('direction'))
        AND (getvariable('action') IS NULL OR s.action = getvariable('action'))
        AND source_wanted(s.sources)
        AND confidence_wanted(s.process_confidence)
        AND (
            getvariable('name') IS NULL
            OR any_alike(list_transform(s.names, LAMBDA n: n.name), getvariable('name'))
            OR any_alike(flatten(list_transform(s.names, LAMBDA n: n.cnames)), getvariable('name'))
        )
        AND (
            NOT asks_process()
            OR s.process IN (SELECT process FROM process_wanted)
            OR s.requester.process IN (SELECT process FROM process_wanted)
        )
        AND (
            NOT getvariable('asks_address')
            OR s.remote_address IN (SELECT address FROM address_wanted)
            OR s.local_address IN (SELECT address FROM address_wanted)
        )
        AND (
            getvariable('contains') IS NULL
            OR text_holds(
                concat_ws(
                    chr(10), s.story, s.host, s.direction, s.action, s.protocol, s.local_address, s.local_port,
                    s.remote_address, s.remote_port, s.remote_name_hint, array_to_string(s.sources, chr(10)),
                    array_to_string(list_transform(s.names, LAMBDA n: n.name), chr(10)),
                    array_to_string(flatten(list_transform(s.names, LAMBDA n: n.cnames)), chr(10)),
                    array_to_string(list_transform(s.evidence, LAMBDA e: e.file), chr(10))
                )
            )
            OR s.process IN (SELECT process FROM process_holding)
            OR s.requester.process IN (SELECT process FROM process_holding)
            OR list_has_any(
                list_transform(s.scripts, LAMBDA c: c.script),
                (SELECT list(script ORDER BY script) FROM script_holding)
            )
        )
)

SELECT * FROM final
