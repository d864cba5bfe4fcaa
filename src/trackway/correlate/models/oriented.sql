-- oriented: connection observations with a local and a remote end.
-- grain:  one observation with a destination
-- reads:  sided
-- needs:  sided
-- rule:   an inbound record whose side is open follows the convention that the host's other inbound
--         records of the same log show, if nineteen of twenty agree and there are at least three.
--         Where that fails too the direction is unknown and the ends stand as written.

WITH convention AS (
    SELECT
        source = 'sysmon_3' AS is_sysmon,
        CASE
            WHEN count(*) FILTER (WHERE local_side = 'source') >= 0.95 * count(*) THEN 'source'
            WHEN count(*) FILTER (WHERE local_side = 'destination') >= 0.95 * count(*) THEN 'destination'
        END AS local_side
    FROM sided
    WHERE
        direction = 'inbound' AND local_side IS NOT NULL AND family(source) IN ('security', 'sysmon')
        AND source_is_own <> destination_is_own
        AND NOT is_group(source_address) AND NOT is_group(destination_address)
    GROUP BY ALL
    HAVING count(*) >= 3
),

chosen AS (
    SELECT
        s.* EXCLUDE (local_side),
        coalesce(s.local_side, CASE WHEN s.direction = 'inbound' THEN c.local_side END) AS local_side
    FROM sided AS s
    LEFT JOIN convention AS c ON (s.source = 'sysmon_3') = c.is_sysmon
),

turned AS (
    SELECT
        * EXCLUDE (source_address, source_port, destination_address, destination_port),
        coalesce(local_side = 'destination', false) AS is_turned,
        CASE WHEN is_turned THEN destination_address ELSE source_address END AS local_address,
        CASE WHEN is_turned THEN destination_port ELSE source_port END AS local_port,
        CASE WHEN is_turned THEN source_address ELSE destination_address END AS remote_address,
        CASE WHEN is_turned THEN source_port ELSE destination_port END AS remote_port
    FROM chosen
),

final AS (
    SELECT
        observation,
        source,
        file,
        line,
        record,
        at_from,
        at_to,
        stated,
        stage,
        CASE
            WHEN source_is_own AND destination_is_own THEN 'local'
            WHEN is_group(local_address) AND (source_is_own OR destination_is_own) AND direction = 'inbound' THEN 'local'
            WHEN local_side IS NULL THEN 'unknown'
            WHEN direction = 'outbound' AND NOT is_turned THEN 'outbound'
            WHEN direction = 'inbound' THEN 'inbound'
            -- whoever saw it first: what goes from here to a group went out
            WHEN direction IS NULL AND NOT is_turned AND source_is_own AND is_group(remote_address) THEN 'outbound'
            -- UDP whose answer was seen first: a dynamic port talks to a service's, not the other way round
            WHEN direction IS NULL AND local_port >= 49152 AND remote_port < 1024 THEN 'outbound'
            WHEN direction IS NULL AND remote_port >= 49152 AND local_port < 1024 THEN 'inbound'
            ELSE 'unknown'
        END AS direction,
        coalesce(direction = 'inbound', false) AS is_accepting,
        protocol,
        local_address,
        local_port,
        remote_address,
        remote_port,
        icmp_type,
        icmp_code,
        remote_name_hint,
        pid,
        process_guid,
        image,
        user
    FROM turned
)

SELECT * FROM final
ORDER BY observation
