-- sought_lookup: of each look-up what the filters (`lookup_chosen`, `lookup_addresses`) and the chart over time read.
-- grain:  lookup
-- reads:  lookup

SELECT
    lookup,
    host,
    time_from,
    time_to,
    time_reason,
    name,
    status_text,
    addresses,
    cnames,
    answered_from,
    servers,
    process,
    process_confidence,
    sources,
    list_transform(list_distinct(list_transform(evidence, LAMBDA e: e.file)), LAMBDA f: struct_pack(file := f)) AS evidence
FROM memory.main.lookup
ORDER BY host, time_from NULLS FIRST, lookup
