-- volume: which drive letter a volume had, where records of one process tell.
-- grain:  device, as `\device\harddiskvolume3`
-- reads:  reference, reference_owner, start_image
-- rule:   the Filtering Platform and SRUM write `\device\harddiskvolume3\…`, the records of starts `C:\…`. Where both
--         stand for one process instance and are equal behind the volume, the one is the other. A volume that would
--         have two letters has none: numbers are given anew with each boot.
-- note:   the registry's MountedDevices tells signatures and partitions of a letter, but no number of a volume.

WITH shown AS (
    SELECT o.instance, r.image
    FROM reference_owner AS o
    INNER JOIN reference AS r ON o.kind = r.kind AND o.number = r.number
    WHERE r.image IS NOT NULL
    UNION
    SELECT start_key, image
    FROM start_image
    WHERE image IS NOT NULL
),

final AS (
    SELECT device_of(d.image) AS device, min(drive_of(l.image)) AS drive
    FROM shown AS d
    INNER JOIN shown AS l ON d.instance = l.instance AND path_tail(d.image) = path_tail(l.image)
    WHERE device_of(d.image) IS NOT NULL AND drive_of(l.image) IS NOT NULL
    GROUP BY device_of(d.image)
    HAVING count(DISTINCT drive_of(l.image)) = 1
)

SELECT * FROM final
ORDER BY device
