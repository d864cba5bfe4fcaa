-- record: rows for counting; each stands for records that are alike in all that is counted.
-- grain:  file, computer, channel, provider, event_id, hour and fields, for each part of a file
-- reads:  batch (the same as text, records, bytes, sized, first, last)
-- note:   sized is how many of the records have a size.
-- rule:   an empty text is no value. Of several programs the first that a record names counts.
SELECT
    file,
    nullif(computer, '') AS computer,
    nullif(channel, '') AS channel,
    nullif(provider, '') AS provider,
    event_id,
    hour,
    records,
    bytes,
    sized,
    first,
    last,
    nullif(rtrim(lower(QueryName), '.'), '') AS name,
    list_filter(
        [SourceIp, DestinationIp, SourceAddress, DestAddress, DestinationAddress],
        LAMBDA address: address IS NOT NULL
    ) AS addresses,
    coalesce(nullif(Image, ''), nullif(NewProcessName, ''), nullif(Application, '')) AS process
FROM batch
