"""What single records say, before anything is put together."""

from __future__ import annotations

from typing import Final

from trackway.schema.columns import AS_WRITTEN, FLAG, INTEGER, TEXTS, TIME, Table, columns

OBSERVED: Final = columns(
    """
    host: computer that wrote the record, as the evidence spells it
    source: which kind of record, for instance security_5156
    file: evidence file, an archive's member after "!"
    line: 1-based line (or array element) in a text file
    record: EventRecordID
    recorded: the record's own time as written, zone unknown
    recorded_width: microseconds the written time leaves open: 1,000,000 for whole seconds
    recorded_basis: who says the time where the record does not: collector, option, file time; else null
    stated: time of the activity as the record's content states it in UTC (Sysmon UtcTime)
    ingested: time of arrival at a collector as written, where it is another than `recorded`
    zoned: true where the format defines `recorded` as UTC (EVTX)
    time_from: UTC, first moment at which it can have happened, after clocks are reconciled
    time_to: UTC, last such moment
    """,
    line=INTEGER,
    record=INTEGER,
    recorded=AS_WRITTEN,
    recorded_width=INTEGER,
    stated=TIME,
    ingested=AS_WRITTEN,
    zoned=FLAG,
    time_from=TIME,
    time_to=TIME,
)

DNS_OBSERVATION: Final = Table(
    "dns_observation",
    "one record about a name resolution",
    OBSERVED
    + columns(
        """
        stage: asked, completed, cache_asked, cache, wire_asked, network, sent, received, answered; cached, hosts, ttl
        name: name asked for, as written
        query_type: DNS type number
        status: Win32 or DNS status number
        addresses: addresses answered, unmapped, in the order given
        cnames: CNAME chain in order
        servers: DNS servers named
        local_addresses: addresses of this host that the record names
        pid: process that asked; null in a record that the resolver wrote without naming its client
        process_guid: Sysmon's identifier of that process, or Defender's PID and creation time (`mde 7024 16033…`)
        image: path of that process
        user: account or SID of that process
        owner: name that the record belongs to, which a chain of CNAMEs makes another than the name asked for
        ttl_left: seconds that the resolver's cache keeps the record from `recorded` on
        ttl_original: seconds that a server gave the record
        authoritative: whether that server was the authority for the name, so that the TTL had not aged
        """,
        query_type=INTEGER,
        status=INTEGER,
        addresses=TEXTS,
        cnames=TEXTS,
        servers=TEXTS,
        local_addresses=TEXTS,
        pid=INTEGER,
        ttl_left=INTEGER,
        ttl_original=INTEGER,
        authoritative=FLAG,
    ),
)

CONNECTION_OBSERVATION: Final = Table(
    "connection_observation",
    "one record about a connection, a bind or a listening port",
    OBSERVED
    + columns(
        """
        stage: permitted, blocked, attempted, connected, established, failed, open, bound, listening, … (see its source)
        direction: outbound or inbound as the record claims, null where it does not
        protocol: IANA protocol number
        source_address: the column called source, whichever side that is
        source_port: null for protocols without ports
        destination_address: null for a bind or a listening port
        destination_port: null for protocols without ports
        icmp_type: type of an ICMP message, which some records write into the port columns
        icmp_code: code of an ICMP message
        remote_name_hint: name that the source attached: a reverse look-up, or what Defender knows; never one asked for
        asked_name: name that the connection itself asked for: CONNECT, Host or the name in a TLS greeting
        pid: process
        process_guid: as in dns_observation; null where the record's writer did not know it
        image: path of that process, drive-letter or device form
        user: account of that process
        bytes_from_source: bytes
        bytes_from_destination: bytes
        """,
        protocol=INTEGER,
        source_port=INTEGER,
        destination_port=INTEGER,
        icmp_type=INTEGER,
        icmp_code=INTEGER,
        pid=INTEGER,
        bytes_from_source=INTEGER,
        bytes_from_destination=INTEGER,
    ),
)

PROCESS_OBSERVATION: Final = Table(
    "process_observation",
    "one record about a process",
    OBSERVED
    + columns(
        """
        kind: started or ended
        pid: process identifier
        parent_pid: identifier of the creator
        process_guid: as in dns_observation
        parent_guid: Sysmon's identifier of the creator
        image: path
        command_line: as written; null where it is not recorded
        user: account the process runs as, DOMAIN\\name
        logon_id: logon session of the process, as written
        session: terminal session number
        parent_image: path of the creator
        parent_command_line: as written
        integrity: Low, Medium, High, System
        hashes: as written
        """,
        pid=INTEGER,
        parent_pid=INTEGER,
        session=INTEGER,
    ),
)

SCRIPT_OBSERVATION: Final = Table(
    "script_observation",
    "one record about PowerShell: a part of a script block, a pipeline or an engine start",
    OBSERVED
    + columns(
        """
        kind: block (4104), pipeline (4103), engine (400, 600)
        pid: the PowerShell process; null where the record has none
        block: ScriptBlockId
        part: 1-based number of this part
        parts: number of parts the block has
        text: text of the part, or payload of the pipeline
        path: script file, where there is one
        host_application: command line of the PowerShell process
        user: account
        """,
        pid=INTEGER,
        part=INTEGER,
        parts=INTEGER,
    ),
)

HOST_FACT: Final = Table(
    "host_fact",
    "one record about the host itself or its logs",
    OBSERVED
    + columns(
        """
        kind: what sort of fact; the pages of the sources name them
        value: the fact, as text
        subject: what it is about: a log, a logon session, a transfer, a network, a file
        pid: process that the record names as the one that did it
        process_guid: identifier of that process, as in the other tables
        image: path of that process
        user: account
        """,
        pid=INTEGER,
    ),
)
