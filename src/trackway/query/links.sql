-- links: the links between entities that the filters ask for.
-- grain:  kind, subject, object
-- reads:  link

SELECT host, kind, subject, object, basis, confidence, rank, reason
FROM link
WHERE
    host_wanted(host)
    AND confidence_wanted(confidence)
    AND (getvariable('contains') IS NULL OR holds([host, kind, subject, object, basis]))
ORDER BY host, kind, subject, rank, object, basis, reason
