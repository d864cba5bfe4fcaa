-- lookup_chosen: the look-ups that the filters ask for.
-- grain:  lookup
-- reads:  lookup, process_wanted, process_holding, address_wanted
-- note:   whole rows, of which each reader takes some columns; `chosen` orders them.

WITH final AS (
    SELECT
        l.lookup AS identifier,
        l.*
    FROM lookup AS l
    WHERE
        identifier_wanted(l.lookup)
        AND host_wanted(l.host)
        AND time_wanted(l.time_from, l.time_to)
        AND source_wanted(l.sources)
        AND confidence_wanted(l.process_confidence)
        AND (
            getvariable('name') IS NULL
            OR alike(l.name, getvariable('name'))
            OR any_alike(l.cnames, getvariable('name'))
        )
        AND (NOT asks_process() OR l.process IN (SELECT process FROM process_wanted))
        AND (
            NOT getvariable('asks_address')
            OR list_has_any(l.addresses || l.servers, (SELECT list(address ORDER BY address) FROM address_wanted))
        )
        AND (
            getvariable('contains') IS NULL
            OR text_holds(
                concat_ws(
                    chr(10), l.lookup, l.host, l.name, l.status_text, l.answered_from,
                    array_to_string(l.addresses, chr(10)), array_to_string(l.cnames, chr(10)),
                    array_to_string(l.servers, chr(10)), array_to_string(l.sources, chr(10)),
                    array_to_string(list_transform(l.evidence, LAMBDA e: e.file), chr(10))
                )
            )
            OR l.process IN (SELECT process FROM process_holding)
        )
)

SELECT * FROM final
