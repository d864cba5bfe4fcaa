"""Parts: what one evidence file gave, kept on disk so that an interrupted run can be taken up again.

PART/connection_observation.parquet …   observations in reading order, by host where there are several
PART/skipped.parquet                    records that could not be used
PART/part.json                          the members' ledgers and time zones; written last
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trackway import case
from trackway.correlate.run import zone_candidates
from trackway.errors import TrackwayError
from trackway.evidence.containers import Member, members
from trackway.evidence.discover import EvidenceFile
from trackway.evidence.ownership import note_names
from trackway.evidence.places import NAMELESS, WIRE, nameless, wire
from trackway.formats import KINDS, read
from trackway.formats.rows import Ledger, Rows, RowStream, Skip
from trackway.formats.whole.extent import extent
from trackway.schema import OBSERVATIONS, SKIPPED
from trackway.sources import installed
from trackway.sources.interpret import Interpreter

PART_NAME: Final = "part.json"
UTC_FORMATS: Final = frozenset({"evtx", "xml"})
"""Formats that define the time of a record as UTC."""


@dataclass(slots=True, kw_only=True)
class MemberLedger:
    """The row of one file in `schema.FILE`."""

    file: str
    kind: str
    size: int
    sha256: str | None
    hosts: list[str] = field(default_factory=list)
    seen: int = 0
    used: int = 0
    duplicates: int = 0
    ignored: int = 0
    skipped: int = 0
    note: str | None = None
    damaged: bool = False
    facts: dict[str, str] = field(default_factory=dict)
    """What a collector's own file says of the collection: `name` (its host), `collected` (a time)."""
    held: list[dict[str, str | int | bool]] = field(default_factory=list)
    """Of an event log, rows of `correlate.load.HELD`; the next two are those of `ownership.Read`."""
    renames: list[list[str]] = field(default_factory=list)
    latest: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Part:
    """What `part.json` holds: the file as it was found, its members, and their time zones."""

    name: str
    size: int
    members: list[MemberLedger]
    zones: list[dict[str, object]]
    is_wire: bool = False
    """Whether it holds records of clients of the network, which name no host."""

    @property
    def hosts(self) -> list[str]:
        """Return every spelling of every host in the part."""
        return sorted({host for member in self.members for host in member.hosts})


def load(folder: Path, file: EvidenceFile) -> Part | None:
    """Return the part that an earlier run left whole for this file, or null."""
    try:
        content = json.loads((folder / PART_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if (content["name"], content["size"]) != (file.name, file.size):
        return None
    return Part(**{**content, "members": [MemberLedger(**member) for member in content["members"]]})


def make(
    folder: Path,
    file: EvidenceFile,
    wanted: Collection[str],
    *,
    password: str | None = None,
    threads: int = 1,
) -> Part:
    """Read one evidence file to observations in `folder` and return what became of its records.

    Args:
        folder: where the part is kept; an unfinished earlier one is replaced.
        file: the evidence.
        wanted: hosts to keep, lower case; empty for all. Records of others count as ignored.
        password: of encrypted members.
        threads: that may decode; the part is the same.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with _Output(folder) as output:
        ledgers = [_member(member, output, wanted, threads) for member in members(file, password=password)]
    several = len({host.lower() for ledger in ledgers for host in ledger.hosts}) > 1
    with _database(folder) as db:
        zones = zone_candidates(db)
        if several:
            _sort_by_host(db, folder)
    is_wire = any(wire(ledger.file) in ledger.hosts for ledger in ledgers)
    part = Part(name=file.name, size=file.size, members=ledgers, zones=zones, is_wire=is_wire)
    case.write_text(folder / PART_NAME, json.dumps(asdict(part)))
    return part


def recognised(member: Member, look: Callable[[Rows], None] = lambda _: None) -> MemberLedger:
    """Return the row of a member as far as reading tells it; used = rows of interest, each shown to `look` as read."""
    found, ledger, hosts = _found(member), Ledger(), set[str]()
    for rows in _rows(member, ledger):
        look(rows)
        rows = _placed(rows, member)  # noqa: PLW2901
        hosts.update(filter(None, pc.unique(rows.batch["computer"]).to_pylist()))
        found.used += rows.batch.num_rows
        found.skipped += len(ledger.skips)
        ledger.skips.clear()
    found.skipped += len(ledger.skips)
    return _closed(found, ledger, hosts)


class _Output:
    """The Parquet files of a part while they are written."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        self.interpreter = Interpreter(self._stack.enter_context(duckdb.connect(config={"threads": 1})))

    def __enter__(self) -> _Output:
        for table in (*OBSERVATIONS, SKIPPED):
            writer = pq.ParquetWriter(
                self._folder / f"{table.name}.parquet", table.arrow(), compression="zstd"
            )
            self._writers[table.name] = self._stack.enter_context(writer)
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def add(self, table: str, rows: pa.Table) -> None:
        self._writers[table].write_table(rows)

    def skip(self, file: str, skips: list[Skip]) -> None:
        rows = [
            {"file": file, "line": skip.line, "record": skip.record, "reason": skip.reason} for skip in skips
        ]
        self.add(SKIPPED.name, pa.Table.from_pylist(rows, schema=SKIPPED.arrow()))


def _member(member: Member, output: _Output, wanted: Collection[str], threads: int) -> MemberLedger:
    """Read one member and return its row in the manifest; seen = used + ignored + skipped."""
    found, ledger, hosts = _found(member), Ledger(), set[str]()
    for rows in _rows(member, ledger, threads):
        _interpret(_placed(rows, member), found, output, wanted, hosts)
        _drain(ledger, found, output)
    _drain(ledger, found, output)
    found.held = list(_held(member))
    return _closed(found, ledger, hosts)


def _held(member: Member) -> Iterator[dict[str, str | int | bool]]:
    """Yield what an event log holds, a row for each run of numbers."""
    log = extent(member.stream) if member.kind == "evtx" and member.stream else None
    if log is None:
        return
    for span in log.spans:
        yield {
            "host": log.computer,
            "log": log.channel,
            "file": member.name,
            "is_dirty": log.is_dirty,
            "is_full": log.is_full,
            **span._asdict(),
        }


def _found(member: Member) -> MemberLedger:
    return MemberLedger(
        file=member.name,
        kind=member.kind,
        size=member.size,
        sha256=member.sha256,
        note=member.note,
        damaged=member.damaged,
    )


def _rows(member: Member, ledger: Ledger, threads: int = 1) -> RowStream:
    """Yield the raw rows of what a reader knows, and nothing of the rest."""
    if member.kind in KINDS:
        yield from read(member, [source.shape for source in installed().values()], ledger, threads=threads)


def _closed(found: MemberLedger, ledger: Ledger, hosts: set[str]) -> MemberLedger:
    """Take over what the reader counted and remarked; the counts must add up."""
    found.hosts = sorted(hosts)
    found.seen, found.ignored = ledger.seen, found.ignored + ledger.ignored
    found.note = "; ".join(filter(None, (found.note, ledger.note))) or None
    found.damaged = found.damaged or ledger.damaged
    _require_balance(found)
    return found


def _placed(rows: Rows, member: Member) -> Rows:
    """Give rows that are no events what their place tells: a name that stands for the host, and a time.

    The host is found when every file has been read; a time is given where the record has none.
    """
    if rows.shape.kind is None and member.kind != "csv":  # Event Viewer's tables name no computer
        return rows
    columns = dict(zip(rows.batch.schema.names, rows.batch.columns, strict=True))
    name = wire(member.name) if rows.shape.of_clients else nameless(member.name)
    columns["computer"] = pc.fill_null(columns["computer"], name)
    if "TimeBasis" in columns and member.modified:
        columns["TimeBasis"] = pc.if_else(pc.is_null(columns["time_text"]), "file time", columns["TimeBasis"])
        columns["time_text"] = pc.fill_null(columns["time_text"], member.modified)
    return Rows(rows.shape, pa.RecordBatch.from_arrays(list(columns.values()), schema=rows.batch.schema))


def _interpret(
    rows: Rows, found: MemberLedger, output: _Output, wanted: Collection[str], hosts: set[str]
) -> None:
    source = installed()[rows.shape.source]
    told = output.interpreter.observations(rows, found.file, zoned=found.kind in UTC_FORMATS)
    (_, kept), *further = [(table, _of_hosts(each, wanted)) for table, each in told.tables]
    note_names(kept, found, of_collection=source.name == "collection")
    hosts.update(pc.unique(kept["host"]).to_pylist())
    output.add(source.table.name, kept)
    for table, each in further:
        output.add(table.name, each)
    output.skip(found.file, told.skips)
    found.used += kept.num_rows
    found.ignored += rows.batch.num_rows - kept.num_rows - len(told.skips)
    found.skipped += len(told.skips)


def _drain(ledger: Ledger, found: MemberLedger, output: _Output) -> None:
    """Move the reader's skips to disk, so that a file of rubbish does not fill the memory."""
    if ledger.skips:
        output.skip(found.file, ledger.skips)
        found.skipped += len(ledger.skips)
        ledger.skips.clear()


def _of_hosts(table: pa.Table, wanted: Collection[str]) -> pa.Table:
    """Keep the rows of the hosts asked for, by full or by short name, and those whose host is not known yet."""
    if not wanted:
        return table
    names = pc.utf8_lower(table["host"])
    short = pc.list_element(pc.split_pattern(names, "."), 0)
    among = pa.array(sorted(wanted))
    is_named = pc.or_(pc.is_in(names, among), pc.is_in(short, among))
    is_open = pc.or_(pc.starts_with(table["host"], NAMELESS), pc.starts_with(table["host"], WIRE))
    return table.filter(pc.or_(is_named, is_open))


def _require_balance(found: MemberLedger) -> None:
    if found.seen != found.used + found.ignored + found.skipped:
        raise TrackwayError(
            f"{found.file}: {found.seen} records seen, but {found.used} used, {found.ignored} ignored and "
            f"{found.skipped} skipped; this is a defect of Trackway, please report it"
        )


def _database(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a database with one view for each observation table of the part."""
    db = duckdb.connect(
        config={"threads": 1, "memory_limit": "512MB", "temp_directory": str(folder / "spill")}
    )
    for table in OBSERVATIONS:
        db.read_parquet(str(folder / f"{table.name}.parquet")).create_view(table.name)
    return db


def _sort_by_host(db: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Put the rows of a host together, so that reading one host skips the rest."""
    for table in OBSERVATIONS:
        rows: Iterator[pa.RecordBatch] = db.sql(
            f"SELECT * FROM {table.name} ORDER BY lower(host), file, line, record"  # noqa: S608  our own names
        ).to_arrow_reader(100_000)
        case.write(folder / f"{table.name}.sorted", table, (batch.cast(table.arrow()) for batch in rows))
        (folder / f"{table.name}.sorted").replace(folder / f"{table.name}.parquet")
