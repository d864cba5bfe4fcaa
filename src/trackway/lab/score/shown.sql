-- shown: what the evidence shows of each thing that happened.
-- grain:  about
-- reads:  told
-- rule:   a bind alone is no record of a connection: it does not say where to.
-- note:   an answer stands in 3008, 3018, 3020, Sysmon 22 and the resolver's cache; a start in 4688 and Sysmon 1.

WITH final AS (
    SELECT
        about,
        count(*) AS records,
        bool_or(names_process) AS names_process,
        bool_or(source IN ('dns_client_3008', 'dns_client_3018', 'dns_client_3020', 'sysmon_22', 'dns_cache')) AS has_answer,
        bool_or(source IN ('security_4688', 'sysmon_1')) AS has_start,
        bool_or(source <> 'security_5158') AS has_more
    FROM told
    WHERE about IS NOT NULL
    GROUP BY about
)

SELECT * FROM final
ORDER BY about
