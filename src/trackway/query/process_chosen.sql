-- process_chosen: the processes that the filters ask for.
-- grain:  process
-- reads:  process
-- note:   of a process the confidence is that of its parent.

WITH final AS (
    SELECT
        p.process AS identifier,
        p.host,
        p.started AS time_from,
        coalesce(p.ended, p.alive_to) AS time_to
    FROM process AS p
    WHERE
        identifier_wanted(p.process)
        AND host_wanted(p.host)
        AND time_wanted(p.started, coalesce(p.ended, p.alive_to))
        AND image_wanted(p.image)
        AND user_wanted(p.user)
        AND pid_wanted(p.pid)
        AND source_wanted(list_transform(p.evidence, LAMBDA e: e.source))
        AND confidence_wanted(p.parent_confidence)
        AND (
            getvariable('contains') IS NULL
            OR holds(
                [
                    p.process, p.host, CAST(p.pid AS VARCHAR), p.image, p.command_line, p.user, p.guid, p.service,
                    p.integrity, p.logon_id, p."hashes"
                ]
                || list_transform(p.evidence, LAMBDA e: e.source)
                || list_transform(p.evidence, LAMBDA e: e.file)
            )
        )
)

SELECT * FROM final
