-- volume: which drive letter a volume had, where records of one process tell.
-- grain:  device, as `\device\harddiskvolume3`
-- reads:  reference, reference_owner, start_image, host_fact
-- needs:  host_fact or reference_owner or start_image
-- rule:   the Filtering Platform and SRUM write `\device\harddiskvolume3\…`, the records of starts `C:\…`. Where both
--         stand for one process instance and are equal behind the volume, the one is the other. A printed map of the
--         volumes says the same. A volume that would
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

said AS (
    SELECT device_of(d.image) AS device, drive_of(l.image) AS drive
    FROM shown AS d
    INNER JOIN shown AS l ON d.instance = l.instance AND path_tail(d.image) = path_tail(l.image)
    UNION
    SELECT lower(subject), value
    FROM host_fact
    WHERE kind = 'volume'
),

final AS (
    SELECT device, min(drive) AS drive
    FROM said
    WHERE device IS NOT NULL AND drive IS NOT NULL
    GROUP BY device
    HAVING count(DISTINCT drive) = 1
)

SELECT * FROM final
ORDER BY device
