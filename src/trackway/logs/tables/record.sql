-- record: rows for counting, from the columns of a batch.
-- grain:  one record
-- reads:  batch (file, computer, channel, provider, event_id, time, and fields as text)
-- rule:   an empty text is no value. Of several programs the first that a record names counts.
SELECT
    file,
    nullif(computer, '') AS computer,
    nullif(channel, '') AS channel,
    nullif(provider, '') AS provider,
    event_id,
    CAST(time AS TIMESTAMPTZ) AS time,
    bytes,
    nullif(rtrim(lower(QueryName), '.'), '') AS name,
    list_filter(
        [SourceIp, DestinationIp, SourceAddress, DestAddress, DestinationAddress],
        LAMBDA address: address IS NOT NULL
    ) AS addresses,
    coalesce(nullif(Image, ''), nullif(NewProcessName, ''), nullif(Application, '')) AS process
FROM batch
