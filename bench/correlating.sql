-- What `correlating.py` correlates: one busy host, `n` connections and look-ups, `n` / 10 processes.
-- Chance is a hash of the row number, so equal sizes make equal tables.

CREATE MACRO chance(i, salt, below) AS CAST(hash(i * 1000003 + salt) % below AS BIGINT);

-- few names are asked often, many seldom
CREATE MACRO often(i, salt, below) AS
CAST(floor(below * pow((hash(i * 1000003 + salt) % 1000000) / 1000000.0, 3)) AS BIGINT);

CREATE MACRO ipv4(i) AS '198.' || (18 + (i // 65536) % 2) || '.' || (i // 256) % 256 || '.' || i % 256;

-- one process start every second of the host's time
CREATE TABLE life AS
SELECT
    i,
    4 * (1 + chance(i, 1, getvariable('pids'))) AS pid,
    TIMESTAMP '2026-01-05 00:00:00' + to_microseconds(i * 1000000 + chance(i, 2, 900000)) AS started,
    1 + often(i, 3, 3600) AS seconds,
    CASE chance(i, 4, 5) WHEN 0 THEN 'C:\Windows\System32\svchost.exe' ELSE 'C:\Programs\program' || chance(i, 5, 200) || '.exe' END
        AS image
FROM range(getvariable('n') // 10) AS r(i);

CREATE TABLE made_process_observation AS
WITH placed AS (
    SELECT
        *,
        started + to_seconds(seconds) AS ended,
        lower(printf('{0a0b0c0d-%04x-%04x-%04x-%012x}', epoch(started)::BIGINT & 65535, epoch(started)::BIGINT >> 16, i >> 16, i)) AS guid
    FROM life
)
SELECT
    'BUSY' AS host, 'sysmon_1' AS source, 'Sysmon.evtx' AS file, 2 * i AS line, 2 * i AS record,
    started AS recorded, 1 AS recorded_width, started AT TIME ZONE 'UTC' AS stated, true AS zoned,
    'started' AS kind, pid, 4 * (1 + chance(i, 6, getvariable('pids'))) AS parent_pid, guid AS process_guid,
    image, image || ' --run ' || i AS command_line, 'BUSY\user' || chance(i, 7, 5) AS "user", 'C:\Windows\explorer.exe' AS parent_image
FROM placed
UNION ALL
SELECT
    'BUSY', 'sysmon_5', 'Sysmon.evtx', 2 * i + 1, 2 * i + 1, ended, 1, ended AT TIME ZONE 'UTC', true,
    'ended', pid, NULL, guid, image, NULL, NULL, NULL
FROM placed;

-- every process asks and connects about ten times
CREATE TABLE act AS
SELECT
    r.i,
    l.pid,
    l.image,
    l.started + to_microseconds(CAST(l.seconds * 1000000.0 * chance(r.i, 8, 1000) / 1000 AS BIGINT)) AS moment,
    often(r.i, 9, getvariable('names')) AS name
FROM range(getvariable('n')) AS r(i)
INNER JOIN life AS l ON chance(r.i, 10, getvariable('n') // 10) = l.i;

CREATE TABLE made_dns_observation AS
SELECT
    'BUSY' AS host, 'dns_client_3008' AS source, 'DNS.evtx' AS file, i AS line, i AS record, moment AS recorded, 1 AS recorded_width,
    true AS zoned, 'completed' AS stage, 'host' || name || '.example.com' AS name, 28 AS query_type,
    CASE WHEN chance(i, 11, 20) = 0 THEN 9003 ELSE 0 END AS status,
    CASE
        WHEN chance(i, 11, 20) = 0 THEN []
        ELSE [ipv4((name * 7 + k) % getvariable('addresses')) FOR k IN range(1 + name % 5)]
    END AS addresses,
    [] AS cnames, [] AS servers, [] AS local_addresses, pid
FROM act;

CREATE TABLE made_connection_observation AS
WITH made AS (
    SELECT
        a.*,
        CASE a.i % 4 WHEN 0 THEN 'security_5158' WHEN 1 THEN 'sysmon_3' ELSE 'security_5156' END AS source,
        -- two permits, a bind and a Sysmon 3 stand for two connections: rows 4k to 4k+3
        a.i // 4 * 4 + CASE a.i % 4 WHEN 3 THEN 3 ELSE 2 END AS partner
    FROM act AS a
),
joined AS (
    SELECT m.i, m.source, b.i AS o, b.pid, b.image, b.moment + INTERVAL 5 MILLISECONDS AS moment, b.name
    FROM made AS m
    INNER JOIN act AS b ON m.partner = b.i
)
SELECT
    'BUSY' AS host, source, 'Security.evtx' AS file, i AS line, i AS record, moment AS recorded, 1 AS recorded_width, true AS zoned,
    CASE WHEN source = 'sysmon_3' THEN (moment - INTERVAL 1 SECOND) AT TIME ZONE 'UTC' END AS stated,
    CASE source WHEN 'security_5158' THEN 'bound' WHEN 'sysmon_3' THEN 'connected' ELSE 'permitted' END AS stage,
    CASE WHEN source <> 'security_5158' THEN 'outbound' END AS direction,
    6 AS protocol,
    CASE WHEN source = 'security_5158' THEN '0.0.0.0' ELSE '10.0.0.7' END AS source_address,
    49152 + o % 16384 AS source_port,
    CASE WHEN source <> 'security_5158' THEN ipv4((name * 7 + o % (1 + name % 5)) % getvariable('addresses')) END AS destination_address,
    CASE WHEN source <> 'security_5158' THEN 443 END AS destination_port,
    pid, image
FROM joined;

CREATE TABLE made_script_observation AS
SELECT
    'BUSY' AS host, 'powershell_4104' AS source, 'PowerShell.evtx' AS file, i AS line, i AS record, started AS recorded,
    1 AS recorded_width, true AS zoned, 'block' AS kind, pid, 'block' || i AS block, 1 AS part, 1 AS parts,
    'Invoke-WebRequest https://host' || often(i, 12, getvariable('names')) || '.example.com/' AS text
FROM life
WHERE i % 20 = 0;

DROP TABLE act;

DROP TABLE life
