"""What correlation makes of the observations, and why."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from trackway.schema.columns import (
    ACT,
    BLIND,
    CHOICE,
    CITATION,
    FLAG,
    INTEGER,
    NAME,
    NUMBER,
    SCRIPT,
    TEXTS,
    TIME,
    TRAFFIC,
    Table,
    columns,
)

PROCESS: Final = Table(
    "process",
    "one process instance: (host, pid, start), never a bare PID",
    columns(
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
    columns(
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
    columns(
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
    columns(
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
    columns(
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
    columns(
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
    columns(
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
