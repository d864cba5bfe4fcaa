-- told_timezone: the one time zone that the registry of this host names, as IANA calls it.
-- grain:  one row
-- reads:  host_fact

SELECT min(subject) AS zone
FROM host_fact
WHERE kind = 'time_zone' AND source = 'registry' AND NOT starts_with(subject, 'bias')
HAVING count(DISTINCT subject) = 1
