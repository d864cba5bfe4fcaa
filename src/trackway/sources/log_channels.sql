-- log_channels: one fact for each channel of the event log: on or off, its largest size, what becomes of it then.
-- grain:  one raw row
-- reads:  event
-- rule:   wevtutil says retention and autoBackup, PowerShell a mode by word or number.

WITH read AS (
    SELECT
        *,
        CASE
            WHEN lower(Enabled) IN ('true', 'false') THEN lower(Enabled) = 'true'
        END AS is_enabled,
        CASE
            WHEN lower(Mode) IN ('circular', '0') OR lower(Retention) = 'false' THEN 'circular'
            WHEN lower(Mode) IN ('autobackup', '1') OR (lower(Retention) = 'true' AND lower(AutoBackup) = 'true') THEN 'archive'
            WHEN lower(Mode) IN ('retain', '2') OR lower(Retention) = 'true' THEN 'retain'
        END AS retained
    FROM event
),

final AS (
    SELECT
        observed.*,
        'log_channels' AS source,
        text_of(TimeBasis) AS recorded_basis,
        'channel' AS kind,
        text_of(LogName) AS subject,
        CAST(
            json_object('enabled', is_enabled, 'max_size', number_of(MaxSize), 'retention', retained) AS VARCHAR
        ) AS value,
        CASE
            WHEN text_of(LogName) IS NULL THEN 'a channel without a name'
            WHEN is_enabled IS NULL AND number_of(MaxSize) IS NULL THEN 'neither on nor off, and no size'
        END AS skip
    FROM read
)

SELECT * FROM final
