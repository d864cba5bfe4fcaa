"""Every table Trackway keeps: its grain, its columns, their units and their meaning.

The Parquet files of a case, the Arrow tables of the Python interface and `docs/tables.md` all come
from here. Source: the design, section 3. Times are UTC in microseconds unless a column says that
it is kept as written. A null means "this evidence cannot say"; empty text and 0 never do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

TEXT: Final = pa.string()
TEXTS: Final = pa.list_(pa.string())
INTEGER: Final = pa.int64()
NUMBER: Final = pa.float64()
FLAG: Final = pa.bool_()
TIME: Final = pa.timestamp("us", tz="UTC")
AS_WRITTEN: Final = pa.timestamp("us")
"""A time as the evidence prints it, before anybody knows its zone."""

CITATION: Final = pa.struct([("source", TEXT), ("file", TEXT), ("line", INTEGER), ("record", INTEGER)])
"""One record behind a statement: 1-based line in a text file, or EventRecordID; either may be null."""

NAME: Final = pa.struct(
    [
        ("name", TEXT),
        ("lookup", TEXT),
        ("time_from", TIME),
        ("time_to", TIME),
        ("cnames", TEXTS),
        ("confidence", NUMBER),
        ("basis", TEXT),
        ("rank", INTEGER),
        ("reason", TEXT),
    ]
)
"""A name whose answer held the remote address, and the lookup that is the best witness of it."""

CHOICE: Final = pa.struct(
    [("process", TEXT), ("confidence", NUMBER), ("basis", TEXT), ("reason", TEXT), ("via", TEXT)]
)
"""A process named by identifier, with how sure that is; `via` only for a requester ("bits")."""

SCRIPT: Final = pa.struct(
    [
        ("script", TEXT),
        ("matches", TEXTS),
        ("confidence", NUMBER),
        ("basis", TEXT),
        ("rank", INTEGER),
        ("reason", TEXT),
    ]
)
"""A script of the story's process; `matches` are its texts that also occur in the story."""

ACT: Final = pa.struct(
    [
        ("kind", TEXT),
        ("subject", TEXT),
        ("time", TIME),
        ("rank", INTEGER),
        ("reason", TEXT),
        ("evidence", CITATION),
    ]
)
"""Something that the story's process is recorded to have done beside its connection: `kind` and `subject` are those of
`host_fact`: a file, a library."""

BLIND: Final = pa.struct(
    [
        ("question", TEXT),
        ("source", TEXT),
        ("state", TEXT),
        ("reason", TEXT),
        ("time_from", TIME),
        ("time_to", TIME),
        ("evidence", pa.list_(CITATION)),
    ]
)
"""A question that stays open, the source that could have answered it, why it did not, and from when to when that
held: state and evidence are those of the interval in `coverage`."""

TRAFFIC: Final = pa.struct(
    [
        ("program", TEXT),
        ("user", TEXT),
        ("time_from", TIME),
        ("time_to", TIME),
        ("bytes_sent", INTEGER),
        ("bytes_received", INTEGER),
        ("interface", TEXT),
        ("evidence", pa.list_(CITATION)),
    ]
)
"""What a program sent and received in the hour of a story, through all its connections and processes together."""

_SQL_TYPES: Final = {TEXT: "VARCHAR", INTEGER: "BIGINT", NUMBER: "DOUBLE", FLAG: "BOOLEAN"}
_SQL_TYPES.update({TIME: "TIMESTAMPTZ", AS_WRITTEN: "TIMESTAMP"})


def sql_type(kind: pa.DataType) -> str:
    """Return the DuckDB spelling of an Arrow type that a table here uses."""
    if pa.types.is_list(kind):
        return f"{sql_type(kind.value_type)}[]"
    if pa.types.is_struct(kind):
        return "STRUCT({})".format(
            ", ".join(f'"{field.name}" {sql_type(field.type)}' for field in kind.fields)
        )
    return _SQL_TYPES[kind]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    type: pa.DataType
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is, and its columns in order."""

    name: str
    grain: str
    columns: tuple[Column, ...]

    def arrow(self) -> pa.Schema:
        """Return the Arrow schema of the table."""
        return pa.schema([(column.name, column.type) for column in self.columns])


def _columns(text: str, **types: pa.DataType) -> tuple[Column, ...]:
    """Read `name: meaning` lines; a type that is not text is given by keyword."""
    rows = (line.strip().split(": ", 1) for line in text.strip().splitlines())
    return tuple(Column(name, types.get(name, TEXT), meaning) for name, meaning in rows)


OBSERVED: Final = _columns(
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
    + _columns(
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
    + _columns(
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
    + _columns(
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
    + _columns(
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
    + _columns(
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

PROCESS: Final = Table(
    "process",
    "one process instance: (host, pid, start), never a bare PID",
    _columns(
        """
        process: identifier
        host: computer
        pid: process identifier
        started: UTC; null where no record tells
        started_to: UTC, last moment at which it can have started
        started_basis: recorded (4688 or Sysmon 1), guid (decoded from Sysmon's identifier) or null
        ended: UTC; null where no record tells
        alive_to: UTC, until when the PID can have meant this instance: its end or the next start
        image: path, drive-letter form where any record has it
        command_line: as written
        user: DOMAIN\\name
        guid: Sysmon's identifier
        service: service names of a svchost, from its command line
        integrity: Low, Medium, High, System
        session: terminal session number
        logon_id: logon session
        hashes: as written
        parent: identifier of the parent instance
        parent_confidence: probability that this is the parent
        parent_basis: guid, pid+time or pid
        parent_reason: in words
        ancestors: identifiers of the parent, its parent and so on
        evidence: every record about the instance
        """,
        pid=INTEGER,
        started=TIME,
        started_to=TIME,
        ended=TIME,
        alive_to=TIME,
        session=INTEGER,
        parent_confidence=NUMBER,
        ancestors=TEXTS,
        evidence=pa.list_(CITATION),
    ),
)

LOOKUP: Final = Table(
    "lookup",
    "one name resolution",
    _columns(
        """
        lookup: identifier
        host: computer
        time_from: UTC, first record of it
        time_to: UTC, last record of it
        name: name asked for, as written
        query_type: DNS type number
        status: last status number
        status_text: the status in words
        addresses: addresses answered
        cnames: CNAME chain in order
        answered_from: wire, cache, hosts or unknown
        servers: DNS servers asked
        process: identifier of the process that asked
        process_confidence: probability that it asked
        process_basis: what ties it
        process_reason: in words
        sources: kinds of record
        time_reason: how the interval was found where no record states the moment; else null
        evidence: every record of it
        """,
        time_from=TIME,
        time_to=TIME,
        query_type=INTEGER,
        status=INTEGER,
        addresses=TEXTS,
        cnames=TEXTS,
        servers=TEXTS,
        process_confidence=NUMBER,
        sources=TEXTS,
        evidence=pa.list_(CITATION),
    ),
)

STORY: Final = Table(
    "story",
    "one connection (a five-tuple of one process at one time) with everything that explains it",
    _columns(
        """
        story: identifier
        host: computer
        time_from: UTC, first moment
        time_to: UTC, last moment
        direction: outbound, inbound, local (both ends on this host) or unknown
        action: allowed (not blocked; whether it was answered is not known), established, failed, blocked or unknown
        protocol: name
        protocol_number: IANA number
        local_address: this host's side
        local_port: null for protocols without ports
        remote_address: the other side
        remote_port: null for protocols without ports
        icmp_type: type of an ICMP message
        icmp_code: code of an ICMP message
        process: identifier of the process
        process_confidence: probability that it is this one
        process_basis: what ties it
        process_reason: in words
        process_candidates: other processes that fit
        requester: the process a service acted for
        names: every name whose answer held the remote address, best first
        scripts: script blocks of the process, those that hold the story's texts first
        acts: files that the process wrote after the connection, libraries that it loaded before, the nearest first
        remote_name_hint: name that a source attached: a reverse look-up, or what Defender knows; never one asked for
        bytes_sent: bytes
        bytes_received: bytes
        traffic: what the program of the process sent and received in the hour in which it began, by SRUM
        sources: kinds of record
        evidence: every record of it
        not_seen: questions left open, and why
        """,
        time_from=TIME,
        time_to=TIME,
        protocol_number=INTEGER,
        local_port=INTEGER,
        remote_port=INTEGER,
        icmp_type=INTEGER,
        icmp_code=INTEGER,
        process_confidence=NUMBER,
        process_candidates=pa.list_(CHOICE),
        requester=CHOICE,
        names=pa.list_(NAME),
        scripts=pa.list_(SCRIPT),
        acts=pa.list_(ACT),
        bytes_sent=INTEGER,
        bytes_received=INTEGER,
        traffic=pa.list_(TRAFFIC),
        sources=TEXTS,
        evidence=pa.list_(CITATION),
        not_seen=pa.list_(BLIND),
    ),
)

SCRIPT_TABLE: Final = Table(
    "script",
    "one script block put together from its parts, one pipeline or one engine start",
    _columns(
        """
        script: identifier
        host: computer
        time_from: UTC, first part
        time_to: UTC, last part
        kind: block, pipeline or engine
        block: ScriptBlockId
        text: the parts in order; a missing part stands as a line that says so
        path: script file
        host_application: command line of the PowerShell process
        parts: number of parts it has
        missing_parts: numbers of the parts that are not in this evidence
        process: identifier of the process that ran it
        process_confidence: probability
        process_basis: what ties it
        evidence: every record of it
        """,
        time_from=TIME,
        time_to=TIME,
        parts=INTEGER,
        missing_parts=pa.list_(INTEGER),
        process_confidence=NUMBER,
        evidence=pa.list_(CITATION),
    ),
)

LINK: Final = Table(
    "link",
    "one link between two entities",
    _columns(
        """
        host: computer
        kind: which two, for instance connection_process, lookup_process, connection_lookup, process_parent
        subject: identifier of the story, lookup or process it starts from
        object: identifier of the process, lookup or script it points to
        basis: guid, pid+address+time, pid+time, address+time, time
        confidence: probability
        rank: 1 is the best
        reason: in words
        """,
        confidence=NUMBER,
        rank=INTEGER,
    ),
)

CLOCK: Final = Table(
    "clock",
    "one offset between two clocks of a host",
    _columns(
        """
        host: computer
        source: kinds of record it applies to
        file: evidence file it applies to; null for all
        kind: zone (whole quarters of an hour between written time and UTC), skew, drift or step of a clock, or none
        offset_seconds: seconds to add to the written time; null where it could not be measured
        spread_seconds: width of the middle half of the single offsets
        support: number of records or pairs it was measured on
        basis: how it was measured
        applied: whether it was applied
        reason: in words
        """,
        offset_seconds=NUMBER,
        spread_seconds=NUMBER,
        support=INTEGER,
        applied=FLAG,
    ),
)

COVERAGE: Final = Table(
    "coverage",
    "what one kind of record could tell of one host from one moment to the next",
    _columns(
        """
        host: computer
        source: kind of record
        time_from: UTC, the interval begins with it
        time_to: UTC, the interval ends before it
        state: on, off, filtered, cleared, rolled_over, lost, asleep, not_collected or unknown
        reason: in words
        evidence: the records that say so; of a log its first or its last record
        first: UTC, first record in the interval
        last: UTC, last record in the interval
        records: number of records in the interval
        """,
        time_from=TIME,
        time_to=TIME,
        first=TIME,
        last=TIME,
        records=INTEGER,
        evidence=pa.list_(CITATION),
    ),
)

FILE: Final = Table(
    "file",
    "one evidence file or archive member",
    _columns(
        """
        file: name, an archive's member after "!"
        kind: evtx, json, zip, tar, gzip, empty or unknown
        size: bytes
        sha256: of its bytes
        hosts: computers whose records it holds
        seen: records seen
        used: records that became observations
        duplicates: records that stand in the evidence once more, in another file or in this one; counted there
        ignored: records of kinds that no source interprets
        skipped: records that could not be read
        note: anything worth knowing, for instance why it was left out
        """,
        size=INTEGER,
        hosts=TEXTS,
        seen=INTEGER,
        used=INTEGER,
        duplicates=INTEGER,
        ignored=INTEGER,
        skipped=INTEGER,
    ),
)

SKIPPED: Final = Table(
    "skipped",
    "one record or file that could not be used",
    _columns(
        """
        file: name
        line: 1-based line
        record: EventRecordID
        reason: in words
        """,
        line=INTEGER,
        record=INTEGER,
    ),
)

OBSERVATIONS: Final = (
    DNS_OBSERVATION,
    CONNECTION_OBSERVATION,
    PROCESS_OBSERVATION,
    SCRIPT_OBSERVATION,
    HOST_FACT,
)
ENTITIES: Final = (PROCESS, LOOKUP, STORY, SCRIPT_TABLE, LINK, CLOCK, COVERAGE)
MANIFEST: Final = (FILE, SKIPPED)
TABLES: Final = {table.name: table for table in OBSERVATIONS + ENTITIES + MANIFEST}
