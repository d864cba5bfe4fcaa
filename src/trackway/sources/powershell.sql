-- powershell: one script observation for each record.
-- grain:  one raw row
-- reads:  event

WITH read AS (
    SELECT
        *,
        coalesce(Data, Message) AS classic_text
    FROM event
),

final AS (
    SELECT
        observed.*,
        'powershell_' || event_id AS source,
        CASE event_id
            WHEN 4104 THEN 'block'
            WHEN 4103 THEN 'pipeline'
            ELSE 'engine'
        END AS kind,
        CASE WHEN event_id IN (4103, 4104) THEN header_pid END AS pid,
        lower(text_of(ScriptBlockId)) AS block,
        number_of(MessageNumber) AS part,
        number_of(MessageTotal) AS parts,
        CASE event_id
            WHEN 4104 THEN coalesce(ScriptBlockText, '')
            WHEN 4103 THEN text_of(Payload)
        END AS text,
        text_of(Path) AS path,
        -- ContextInfo: "Host Application = powershell.exe -nop"; classic: "HostApplication=powershell.exe -nop"
        nullif(
            trim(regexp_extract(coalesce(ContextInfo, classic_text), 'Host ?Application ?= ?([^\r\n]*)', 1)),
            ''
        ) AS host_application,
        coalesce(
            nullif(trim(regexp_extract(ContextInfo, '(?:^|\n)\s*User = ([^\r\n]*)', 1)), ''),
            header_user
        ) AS user,
        CASE
            WHEN event_id = 4104 AND number_of(MessageNumber) IS NULL
                THEN 'a script block without its part number'
            WHEN event_id = 4104 AND number_of(MessageNumber) NOT BETWEEN 1 AND number_of(MessageTotal)
                THEN 'part ' || MessageNumber || ' of ' || MessageTotal || ' cannot be'
            WHEN event_id IN (4103, 4104) THEN not_a_pid(CAST(header_pid AS VARCHAR))
        END AS skip
    FROM read
)

SELECT * FROM final
