-- before: the settings of witnesses that this evidence tells, where it tells them of every host and all are alike.
-- grain:  kind, subject
-- reads:  host_fact, coverage
-- rule:   of each host the last word. Of the firewall's stores the host's own counts first: it is what commands set.

WITH told AS (
    SELECT
        host,
        kind,
        lower(coalesce(subject, '')) AS subject,
        value,
        time_to,
        CASE json_extract_string(CASE WHEN json_valid(value) THEN value END, '$.store')
            WHEN 'policy' THEN 3 WHEN 'effective' THEN 2 ELSE 1
        END AS rank
    FROM host_fact
    WHERE
        kind IN ('audit_policy', 'command_line_logging', 'script_block_logging')
        OR (kind IN ('channel', 'firewall_logging') AND json_valid(value))
),

latest AS (
    SELECT host, kind, subject, value
    FROM told
    QUALIFY row_number() OVER (PARTITION BY host, kind, subject ORDER BY rank, time_to DESC, value) = 1
),

final AS (
    SELECT kind, subject, min(value) AS value
    FROM latest
    GROUP BY kind, subject
    HAVING min(value) = max(value) AND count(*) = (SELECT count(DISTINCT host) FROM coverage)
)

SELECT * FROM final
ORDER BY kind, subject
