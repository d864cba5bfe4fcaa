-- connection_traffic: the sums of SRUM that stand beside a connection: those of its process's program in that hour.
-- grain:  connection, observation
-- reads:  connection, owner, process, traffic
-- needs:  connection; owner; traffic
-- rule:   a sum is one of a program, never of a connection nor of a process. A program is the process's if its path
--         agrees behind the volume, and the drive where both are known; a svchost's also by its group, a service by
--         its name, a package by its folder. What SRUM knows by its name alone agrees by the name.

WITH word AS (
    SELECT process, path_tail(image) AS word
    FROM process
    WHERE image LIKE '%\%'
    UNION
    SELECT process, base_name(image)
    FROM process
    UNION
    SELECT process, lower(service)
    FROM process
    UNION
    SELECT process, lower(regexp_extract(image, '(?i)\\WindowsApps\\([^\\]+)\\', 1))
    FROM process
),

-- sums of all programs are written at once
writing AS (
    SELECT DISTINCT time_from, time_to
    FROM traffic
),

hour AS (
    SELECT c.connection, o.process, w.time_to
    FROM connection AS c
    INNER JOIN owner AS o ON o.kind = 'connection' AND c.connection = o.number
    ASOF INNER JOIN writing AS w ON c.time_from <= w.time_to
    WHERE c.time_from > w.time_from
),

-- what stands beside a process in an hour stands beside all its connections of that hour
beside AS (
    SELECT DISTINCT h.process, h.time_to, t.observation
    FROM (SELECT DISTINCT process, time_to FROM hour) AS h
    INNER JOIN process AS p ON h.process = p.process
    INNER JOIN word AS w ON h.process = w.process
    INNER JOIN traffic AS t ON w.word = t.word AND h.time_to = t.time_to
    WHERE
        coalesce(t.drive = drive_of(p.image), true)
        AND (
            t.service_group IS NULL
            OR t.service_group = lower(regexp_extract(p.command_line, '(?i)\s-k\s+"?([^\s"]+)', 1))
        )
),

final AS (
    SELECT h.connection, b.observation
    FROM hour AS h
    INNER JOIN beside AS b ON h.process = b.process AND h.time_to = b.time_to
)

SELECT * FROM final
ORDER BY connection, observation
