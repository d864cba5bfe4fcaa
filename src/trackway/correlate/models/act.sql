-- act: what the process of a connection is recorded to have done beside it: files, libraries of the network.
-- grain:  connection, observation
-- reads:  connection, owner, process, host_fact, fact_moment
-- needs:  connection; fact_moment; owner
-- rule:   by Sysmon's identifier of the process alone. A file that it wrote, or whose time it changed, stands beside the
--         last connection that the process began before, a library beside the first that it began after; five minutes
--         at most lie between. What a file holds and where that came from, no record says: it is never called a
--         download. The twenty nearest are kept with the story; host_fact has all.

WITH told AS (
    SELECT
        m.observation,
        f.kind,
        f.subject,
        coalesce(f.stated, m.at_from) AS moment,
        f.process_guid,
        {'source': f.source, 'file': f.file, 'line': f.line, 'record': f.record} AS cite
    FROM host_fact AS f
    POSITIONAL JOIN fact_moment AS m
    WHERE f.kind IN ('file_written', 'file_time_changed', 'library_loaded') AND f.process_guid IS NOT NULL
),

deed AS (
    SELECT t.*, p.process
    FROM told AS t
    INNER JOIN process AS p ON t.process_guid = p.guid
),

begun AS (
    SELECT o.process, c.time_from, min(c.connection) AS connection
    FROM connection AS c
    INNER JOIN owner AS o ON o.kind = 'connection' AND c.connection = o.number
    SEMI JOIN deed AS d ON o.process = d.process
    GROUP BY o.process, c.time_from
),

beside AS (
    SELECT d.*, b.connection, seconds_between(b.time_from, d.moment) AS seconds
    FROM deed AS d
    ASOF INNER JOIN begun AS b ON d.process = b.process AND d.moment >= b.time_from
    WHERE d.kind <> 'library_loaded'
    UNION ALL
    SELECT d.*, b.connection, seconds_between(b.time_from, d.moment)
    FROM deed AS d
    ASOF INNER JOIN begun AS b ON d.process = b.process AND d.moment <= b.time_from
    WHERE d.kind = 'library_loaded'
),

final AS (
    SELECT
        connection,
        observation,
        row_number() OVER (PARTITION BY connection ORDER BY abs(seconds), observation) AS rank,
        kind,
        subject,
        moment,
        concat(
            CASE kind
                WHEN 'library_loaded' THEN 'this process loaded it '
                WHEN 'file_written' THEN 'this process wrote it '
                ELSE 'this process set its creation time '
            END,
            in_words(seconds), CASE WHEN seconds < 0 THEN ' before' ELSE ' after' END, ' the connection',
            CASE kind WHEN 'library_loaded' THEN '' ELSE '; no record says what it holds, or where that came from' END
        ) AS reason,
        cite
    FROM beside
    WHERE abs(seconds) <= 300
    QUALIFY rank <= 20
)

SELECT * FROM final
ORDER BY connection, rank
