-- edges: who talked to whom among what was found, the most telling first.
-- grain:  host, parent, process, name, remote
-- reads:  found, row

SELECT
    r.host,
    r.parent,
    r.process,
    r.name,
    r.remote_address AS remote,
    count(*) AS stories,
    arg_min(r.story, f.place) AS story,
    arg_min(r.confidence, f.place) AS confidence,
    max(r.marks) AS marks,
    count(*) OVER () AS edges
FROM found AS f
INNER JOIN row AS r ON f.relevance = r.relevance
GROUP BY r.host, r.parent, r.process, r.name, r.remote_address
ORDER BY marks DESC, stories DESC, r.host, r.parent, r.process, r.name, remote
LIMIT getvariable('most')
