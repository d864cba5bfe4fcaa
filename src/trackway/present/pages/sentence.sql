-- sentence: a story in words, for a reader who knows no log.
-- grain:  story
-- reads:  story, process, lookup
-- rule:   a sentence says no more than the evidence: "was allowed to connect" where no record says that the
--         connection came about; "probably" before a process or a parent less sure than getvariable('sure');
--         a name is what the process asked for only where the look-up's process is the story's.

WITH told AS (
    SELECT
        s.*,
        p.user,
        p.service,
        base_of(p.image) AS program,
        base_of(o.image) AS parent,
        p.parent_confidence,
        base_of(r.image) AS requested_by,
        s.names[1] AS best,
        l.process = s.process AS asked_itself,
        base_of(a.image) AS asker
    FROM story AS s
    LEFT JOIN process AS p ON s.process = p.process
    LEFT JOIN process AS o ON p.parent = o.process
    LEFT JOIN process AS r ON s.requester.process = r.process
    LEFT JOIN lookup AS l ON s.names[1].lookup = l.lookup
    LEFT JOIN process AS a ON l.process = a.process
    WHERE getvariable('identifiers') IS NULL OR list_contains(getvariable('identifiers'), s.story)
),

worded AS (
    SELECT
        *,
        CASE
            WHEN time_from IS NULL THEN 'At an unknown time '
            WHEN time_to - time_from >= INTERVAL 1 SECOND
                THEN concat(
                    'Between ', strftime(time_from AT TIME ZONE 'UTC', '%H:%M:%S'), ' and ',
                    strftime(time_to AT TIME ZONE 'UTC', '%H:%M:%S'), ' UTC '
                )
            ELSE concat('At ', strftime(time_from AT TIME ZONE 'UTC', '%H:%M:%S'), ' UTC ')
        END AS moment,
        concat(
            CASE WHEN process_confidence < getvariable('sure') AND program IS NOT NULL THEN 'probably ' END,
            coalesce(program, 'a process that is not on record'),
            CASE WHEN service IS NOT NULL THEN concat(' (service ', service, ')') END,
            CASE
                WHEN parent IS NOT NULL
                    THEN concat(
                        ', ', CASE WHEN parent_confidence < getvariable('sure') THEN 'probably ' END, 'started by ', parent,
                        CASE WHEN user IS NOT NULL THEN concat(' for ', user) END, ','
                    )
                WHEN user IS NOT NULL THEN concat(', running as ', user, ',')
            END,
            CASE
                WHEN requested_by IS NOT NULL
                    THEN concat(
                        CASE WHEN requester.confidence < getvariable('sure') THEN ' probably' END,
                        ' acting for ', requested_by, ','
                    )
            END
        ) AS subject,
        CASE WHEN protocol IN ('tcp') THEN 'port ' ELSE concat(upper(coalesce(protocol, 'unknown')), ' port ') END AS door,
        CASE
            WHEN asked_itself THEN concat('asked for ', best.name, ', was told ', remote_address, ' and ')
        END AS question,
        list_filter(acts, LAMBDA a: a.kind = 'file_written') AS written,
        CASE
            WHEN best.name IS NOT NULL AND NOT coalesce(asked_itself, false)
                THEN concat(
                    ' (an answer for ', best.name, ', which ',
                    coalesce(asker, 'a process that is not on record'), ' had asked for)'
                )
        END AS hearsay
    FROM told
),

final AS (
    SELECT
        story,
        concat(
            moment, subject, ' ', question,
            CASE
                WHEN direction = 'inbound'
                    THEN CASE action
                        WHEN 'established' THEN 'took a connection'
                        WHEN 'blocked' THEN 'was kept from a connection'
                        WHEN 'failed' THEN 'failed to take a connection'
                        WHEN 'allowed' THEN 'was allowed to take a connection'
                        ELSE 'is named with traffic'
                    END
                WHEN remote_port IS NULL
                    THEN CASE action
                        WHEN 'blocked' THEN 'was blocked from sending '
                        WHEN 'failed' THEN 'failed to send '
                        WHEN 'allowed' THEN 'was allowed to send '
                        ELSE 'sent '
                    END || coalesce(protocol, 'something')
                ELSE CASE action
                    WHEN 'established' THEN 'connected'
                    WHEN 'blocked' THEN 'was blocked from connecting'
                    WHEN 'failed' THEN 'failed to connect'
                    WHEN 'allowed' THEN 'was allowed to connect'
                    ELSE 'is named with traffic'
                END
            END,
            CASE
                WHEN direction = 'inbound'
                    THEN concat(
                        ' from ', remote_address, hearsay,
                        CASE WHEN local_port IS NOT NULL THEN ' to its ' || door || local_port END
                    )
                WHEN asked_itself AND remote_port IS NOT NULL THEN concat(' to its ', door, remote_port)
                WHEN remote_port IS NOT NULL THEN concat(' to ', door, remote_port, ' of ', remote_address, hearsay)
                ELSE concat(' to ', remote_address, hearsay)
            END,
            CASE WHEN direction = 'local' THEN ', within the host' END,
            '.',
            CASE
                WHEN len(scripts[1].matches) > 0
                    THEN concat(' A script that it ran names ', array_to_string(scripts[1].matches, ' and '), '.')
                WHEN len(scripts) = 1 THEN ' One script that it ran is on record.'
                WHEN len(scripts) > 1 THEN concat(' ', len(scripts), ' scripts that it ran are on record.')
            END,
            CASE
                WHEN len(written) > 0
                    THEN concat(
                        ' After that it wrote ', base_of(written[1].subject),
                        CASE WHEN len(written) > 1 THEN concat(' and ', len(written) - 1, ' more') END, '.'
                    )
            END
        ) AS sentence
    FROM worded
)

SELECT * FROM final
ORDER BY story
