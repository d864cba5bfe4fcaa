-- sought_lookup: of each look-up what filters and the chart over time read, and the file and row that hold it whole.
-- grain:  lookup
-- reads:  sited_lookup
-- note:   as `sought_story`, for `lookup_chosen` and `lookup_addresses`; `number` only tells look-ups apart.

SELECT
    row_number() OVER () AS number,
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
    list_transform(list_distinct(list_transform(evidence, LAMBDA e: e.file)), LAMBDA f: struct_pack(file := f)) AS evidence,
    filename,
    file_row_number
FROM sited_lookup
