-- facts: what records say of the host itself: logons, boots, cleared logs, files, transfers, networks.
-- grain:  one observation
-- reads:  host_fact

SELECT host, time_from, time_to, source, kind, subject, value, pid, image, user, file, line, record
FROM host_fact
WHERE
    host_wanted(host)
    AND source_wanted([source])
    AND time_wanted(time_from, time_to)
    AND image_wanted(image)
    AND user_wanted(user)
    AND pid_wanted(pid)
    AND (getvariable('contains') IS NULL OR holds([host, source, kind, subject, value, image, user]))
ORDER BY host, time_from, source, file, line, record, kind, subject, value
