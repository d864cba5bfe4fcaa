"""The truth of a world, as Parquet: what happened, what was written down of it, what was not and why.

`docs/lab.md` describes the format; `VERSION` counts its changes. Times are UTC. Identifiers are unique
within a truth: host, a letter for the kind, a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from trackway.lab.world.facts import Connection, Ended, Fact, Lookup, Process, Script, Started, Turn
from trackway.schema import FLAG, INTEGER, TEXTS, TIME, Table
from trackway.schema.columns import columns

VERSION: Final = 1
_ROWS: Final = 20_000


PROCESS: Final = Table(
    "process",
    "one process instance",
    columns(
        """
        host: computer, full name
        process: identifier
        pid: process identifier
        parent: identifier of the process that started it
        image: path
        command_line: as started
        user: DOMAIN\\name
        started: UTC
        ended: UTC; null where it outlived the recording or the host was switched off
        attack: the part of an attack it plays; null for ordinary work
        """,
        pid=INTEGER,
        started=TIME,
        ended=TIME,
    ),
)
LOOKUP: Final = Table(
    "lookup",
    "one name resolution by way of the resolver service",
    columns(
        """
        host: computer
        lookup: identifier
        process: identifier of the process that asked
        name: name asked for
        asked: UTC
        finished: UTC, when the caller had its answer
        status: Win32 or DNS status
        cnames: CNAME chain
        addresses: addresses answered
        answered_from: wire, cache or hosts
        ttl: seconds the answer was good for at that moment
        attack: as of a process
        """,
        asked=TIME,
        finished=TIME,
        status=INTEGER,
        cnames=TEXTS,
        addresses=TEXTS,
        ttl=INTEGER,
    ),
)
CONNECTION: Final = Table(
    "connection",
    "one connection or attempt, as one of its ends on this host has it",
    columns(
        """
        host: computer
        connection: identifier
        process: identifier of the process that holds the socket
        requester: identifier of the process it was opened for, where a service acts for another
        lookup: identifier of the look-up that gave the address
        name: name the program wanted to reach
        via: how it came by the address: resolver, doh, proxy, literal (an address in its code) or none
        time: UTC
        ended: UTC
        direction: outbound or inbound
        protocol: IANA number
        local_address: this host's side
        local_port: port
        remote_address: the other side
        remote_port: port
        blocked: whether the firewall refused it
        established: whether the other side answered
        size: bytes
        attack: as of a process
        """,
        time=TIME,
        ended=TIME,
        protocol=INTEGER,
        local_port=INTEGER,
        remote_port=INTEGER,
        blocked=FLAG,
        established=FLAG,
        size=INTEGER,
    ),
)
SCRIPT: Final = Table(
    "script",
    "one PowerShell engine start, script block or pipeline",
    columns(
        """
        host: computer
        script: identifier
        process: identifier of the process
        time: UTC
        kind: engine, block or pipeline
        text: the code
        """,
        time=TIME,
    ),
)
RECORD: Final = Table(
    "record",
    "one record that was written, whether or not its log still holds it",
    columns(
        """
        host: computer
        file: evidence file, the path below the evidence folder
        source: kind of record, for instance security_5156
        record: EventRecordID; null in a text file
        line: 1-based line of a text file; null in an event log
        time: UTC, when it was written
        about: identifier of what it tells of; null where that is the host itself
        names_process: whether it names the process by PID
        """,
        names_process=FLAG,
        record=INTEGER,
        line=INTEGER,
        time=TIME,
    ),
)
ABSENCE: Final = Table(
    "absence",
    "one record that a source that was on did not write, and why",
    columns(
        """
        host: computer
        about: identifier
        source: kind of record
        reason: excluded (by the source's configuration), off (for a while) or lost (by a full buffer)
        """
    ),
)
LOG: Final = Table(
    "log",
    "one source of a host",
    columns(
        """
        host: computer
        file: evidence file; null where the source was off
        source: group of sources, as the policy names it
        is_on: whether it was on
        first: number of the first record or line that the file still holds; null where it holds none
        last: number of the last
        """,
        is_on=FLAG,
        first=INTEGER,
        last=INTEGER,
    ),
)
TABLES: Final = (PROCESS, LOOKUP, CONNECTION, SCRIPT, RECORD, ABSENCE, LOG)

Row = tuple[Any, ...]


class Truth:
    """Writes the truth of one host as it happens."""

    def __init__(self, folder: Path, host: str) -> None:
        """Write `folder`/TABLE/HOST.parquet."""
        self.host = host
        self._stack = ExitStack()
        self._rows: dict[str, list[Row]] = {table.name: [] for table in TABLES}
        self._open: dict[str, Process] = {}
        self._writers = {}
        for table in TABLES:
            path = folder / table.name / f"{host}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = pq.ParquetWriter(path, table.arrow(), compression="zstd")
            self._writers[table.name] = self._stack.enter_context(writer)

    def hear(self, fact: Fact) -> None:
        """Write down one fact; a process when it has ended."""
        if isinstance(fact, Started):
            self._begin(fact.process)
        elif isinstance(fact, Ended):
            self._open.pop(fact.process.key, None)
            self.add(PROCESS, self._process(fact.process))
        elif isinstance(fact, Lookup):
            self.add(LOOKUP, self._lookup(fact))
        elif isinstance(fact, Connection):
            self.add(CONNECTION, self._connection(fact))
        elif isinstance(fact, Script):
            row = (self.host, fact.key, fact.process.key, fact.time, fact.kind, fact.text)
            self.add(SCRIPT, row)
        elif isinstance(fact, Turn) and fact.kind == "shutdown":
            self._end_all()

    def _begin(self, process: Process) -> None:
        parent = process.parent
        if parent and parent.parent is None:  # the kernel, which nothing starts
            self._open.setdefault(parent.key, parent)
        self._open[process.key] = process

    def _end_all(self) -> None:
        """Write down the processes that nobody saw end."""
        for process in self._open.values():
            self.add(PROCESS, self._process(process))
        self._open.clear()

    def add(self, table: Table, row: Row) -> None:
        """Add a row, in the order of the table's columns."""
        rows = self._rows[table.name]
        rows.append(row)
        if len(rows) >= _ROWS:
            self._flush(table)

    def close(self) -> None:
        """Write what is left, also the processes that never ended."""
        self._end_all()
        for table in TABLES:
            self._flush(table)
        self._stack.close()

    def abandon(self) -> None:
        """Close the files as they are."""
        with suppress(OSError):
            self._stack.close()

    def _flush(self, table: Table) -> None:
        rows = self._rows[table.name]
        if rows:
            columns = zip(*rows, strict=True)
            arrays = [pa.array(values, kind) for values, kind in zip(columns, _types(table), strict=True)]
            self._writers[table.name].write_batch(pa.RecordBatch.from_arrays(arrays, schema=table.arrow()))
            rows.clear()

    def _process(self, p: Process) -> Row:
        parent, user = p.parent.key if p.parent else None, p.account.text
        return (
            self.host, p.key, p.pid, parent, p.image.path, p.command_line, user, p.started, p.ended, p.attack,
        )  # fmt: skip

    def _lookup(self, f: Lookup) -> Row:
        return (
            self.host, f.key, f.process.key, f.name, f.time, f.finished, f.status, f.cnames, f.addresses,
            f.answered_from, f.ttl, f.attack,
        )  # fmt: skip

    def _connection(self, c: Connection) -> Row:
        return (
            self.host, c.key, c.process.key, c.requester.key if c.requester else None,
            c.lookup.key if c.lookup else None, c.name, c.via, c.time, c.ended,
            "outbound" if c.outbound else "inbound", c.protocol, c.local_address, c.local_port, c.remote_address,
            c.remote_port, c.blocked, c.established, c.size, c.attack,
        )  # fmt: skip


def _types(table: Table) -> Iterator[pa.DataType]:
    return (column.type for column in table.columns)
