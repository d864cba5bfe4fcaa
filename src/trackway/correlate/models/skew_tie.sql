-- skew_tie: pairs of records that witness one thing, one by Sysmon's network clock, one by the system's.
-- grain:  one Sysmon 3 or 22 that has exactly one partner
-- reads:  oriented, dns_dated
-- needs:  dns_dated or oriented
-- rule:   tied by PID, ports, addresses and protocol (or PID, name and answers) alone, never by time:
--         the clocks may be days apart. Only keys that stand once on either side are ties. Ports that
--         are the same on both ends (123, 137, 5353) come back and tie nothing.

WITH sysmon_connection AS (
    SELECT
        concat_ws('|', pid, protocol, local_address, local_port, remote_address, remote_port) AS thing,
        stated
    FROM oriented
    WHERE source = 'sysmon_3' AND stated IS NOT NULL AND pid IS NOT NULL AND local_port <> remote_port
    QUALIFY count(*) OVER (PARTITION BY thing) = 1
),

permitted AS (
    SELECT
        concat_ws('|', pid, protocol, local_address, local_port, remote_address, remote_port) AS thing,
        at_from,
        at_to
    FROM oriented
    WHERE source = 'security_5156' AND pid IS NOT NULL AND local_port <> remote_port
    QUALIFY count(*) OVER (PARTITION BY thing) = 1
),

sysmon_query AS (
    SELECT
        concat_ws('|', pid, lower(name), status, addresses) AS thing,
        stated
    FROM dns_dated
    WHERE source = 'sysmon_22' AND stated IS NOT NULL
    QUALIFY count(*) OVER (PARTITION BY thing) = 1
),

completed AS (
    SELECT
        concat_ws('|', pid, lower(name), status, addresses) AS thing,
        at_from,
        at_to
    FROM dns_dated
    WHERE source = 'dns_client_3008'
    QUALIFY count(*) OVER (PARTITION BY thing) = 1
),

tie AS (
    SELECT s.stated, p.at_from, p.at_to
    FROM sysmon_connection AS s
    INNER JOIN permitted AS p ON s.thing = p.thing
    UNION ALL
    SELECT s.stated, p.at_from, p.at_to
    FROM sysmon_query AS s
    INNER JOIN completed AS p ON s.thing = p.thing
),

final AS (
    SELECT
        stated,
        seconds_between(stated, at_from) + seconds_between(at_from, at_to) / 2 AS gap_seconds,
        seconds_between(at_from, at_to) / 2 AS open_seconds
    FROM tie
)

SELECT * FROM final
ORDER BY stated, gap_seconds
