-- row: one flat line a story, as `pages/row.sql` makes it, of the columns that the workbench lists.
-- grain:  story
-- reads:  held.story

SELECT
    story,
    host,
    host_short,
    CAST(epoch_us(time_from) AS DOUBLE) AS time_from,
    CAST(epoch_us(time_to) AS DOUBLE) AS time_to,
    direction,
    action,
    protocol,
    local_address,
    CAST(local_port AS DOUBLE) AS local_port,
    remote_address,
    CAST(remote_port AS DOUBLE) AS remote_port,
    coalesce(name, remote_address) AS destination,
    name,
    coalesce(program, 'unknown process') AS process,
    CAST(pid AS DOUBLE) AS pid,
    user,
    parent,
    process_confidence AS confidence,
    array_to_string(sources, chr(10)) AS sources,
    CAST(marks AS DOUBLE) AS marks,
    relevance
FROM held.story
