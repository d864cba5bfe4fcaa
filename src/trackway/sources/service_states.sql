-- service_states: one fact for each start, stop and start type of a service by which a witness lives.
-- grain:  one raw row
-- reads:  event
-- rule:   without a Binary nothing says which service it was: the name is translated. Of the start types only the
--         English "disabled" is understood.

WITH read AS (
    SELECT
        *,
        CASE event_id WHEN 7036 THEN split_part(state_of, '/', 1) ELSE lower(text_of(param4)) END AS service
    FROM event
),

final AS (
    SELECT
        observed.*,
        'system_' || event_id AS source,
        coalesce(service IN ('sysmon', 'sysmon64', 'mpssvc', 'dnscache', 'sense', 'eventlog'), false) AS is_wanted,
        CASE
            WHEN event_id = 7040 THEN 'service_start'
            WHEN service <> 'eventlog' THEN 'service_state'
            WHEN state_of LIKE '%/running' THEN 'log_started'
            ELSE 'log_stopped'
        END AS kind,
        service AS subject,
        CASE event_id WHEN 7036 THEN split_part(state_of, '/', 2) ELSE lower(text_of(param3)) END AS value,
        NULL AS skip
    FROM read
)

SELECT * FROM final
