-- story_id: the identifier of each connection's story, and its place in the order of time.
-- grain:  connection
-- reads:  connection
-- needs:  connection
-- rule:   the identifier is a hash of host, ends, process, action, direction and beginning.

WITH identified AS (
    SELECT
        connection,
        time_from,
        time_to,
        identifier(concat_ws(
            '|', getvariable('host'), 'connection', protocol, local_address, coalesce(local_port, -1),
            remote_address, coalesce(remote_port, -1), coalesce(icmp_type, -1), coalesce(icmp_code, -1),
            coalesce(pid, -1), action, direction, epoch_us(time_from)
        )) AS id
    FROM connection
),

final AS (
    SELECT
        connection,
        id,
        row_number() OVER (ORDER BY time_from, time_to, id) AS place
    FROM identified
)

SELECT * FROM final
ORDER BY place
