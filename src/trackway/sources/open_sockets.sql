-- open_sockets: one connection observation for each socket that was open when somebody looked.
-- grain:  one raw row
-- reads:  event
-- rule:   a socket without a remote end listens (or may send to anybody); any other is a connection whose
--         first column is this host's side, opened by nobody knows whom. It came about where its state is
--         one that follows the handshake (RFC 9293), and was asked for only where the handshake was not done yet. A
--         word that is not known says neither, but a TCP socket of PID 0 has outlived its process and can only wait.

WITH read AS (
    SELECT
        *,
        upper(regexp_replace(State, '[\s_-]', '', 'g')) AS plain_state,
        CASE
            WHEN Protocol ILIKE '%udp%' OR Protocol = '17' THEN 17
            ELSE 6
        END AS protocol_number,
        coalesce(number_of(RemotePort), 0) = 0 AS is_listening
    FROM event
),

final AS (
    SELECT
        observed.*,
        'open_sockets' AS source,
        text_of(TimeBasis) AS recorded_basis,
        CASE
            -- PowerShell prints a port that a connection has taken once more, without its remote end
            WHEN is_listening AND plain_state IN ('BOUND', '100') THEN 'seen'
            WHEN is_listening THEN 'listening'
            WHEN
                protocol_number = 6 AND plain_state IN (
                    'ESTABLISHED', 'ESTAB', 'HERGESTELLT', '5', 'FINWAIT1', '6', 'FINWAIT2', 'FINWARTEN2', '7',
                    'CLOSEWAIT', 'SCHLIESSENWARTEN', '8', 'CLOSING', '9', 'LASTACK', '10', 'TIMEWAIT', 'WARTEND', '11'
                )
                THEN 'open'
            WHEN
                protocol_number = 6 AND plain_state IN (
                    'SYNSENT', 'SYNGESENDET', '3', 'SYNRECEIVED', 'SYNRECV', 'SYNRCVD', '4'
                )
                THEN 'attempted'
            WHEN protocol_number = 6 AND number_of(Pid) = 0 AND plain_state NOT IN ('CLOSED', '1') THEN 'open'
            ELSE 'seen'
        END AS stage,
        protocol_number AS protocol,
        local AS source_address,
        number_of(LocalPort) AS source_port,
        CASE WHEN NOT is_listening THEN remote END AS destination_address,
        CASE WHEN NOT is_listening THEN number_of(RemotePort) END AS destination_port,
        nullif(number_of(Pid), 0) AS pid,
        coalesce(
            text_of(Image),
            CASE
                WHEN ProcessName ILIKE '%.exe' OR lower(ProcessName) IN ('system', 'registry', 'secure system')
                    THEN text_of(ProcessName)
                WHEN NOT contains(text_of(ProcessName), '.') THEN text_of(ProcessName) || '.exe'
            END
        ) AS image,
        coalesce(
            not_a_pid(Pid),
            not_a_port(LocalPort),
            not_a_port(RemotePort),
            not_an_address(LocalAddress, local),
            CASE WHEN NOT is_listening THEN not_an_address(RemoteAddress, remote) END,
            CASE WHEN local IS NULL THEN 'there is no local address' END
        ) AS skip
    FROM read
)

SELECT * FROM final
