"""The whole way for every host: find, read, interpret, correlate, save.

An evidence file is read by one worker to a part, a host is correlated by one worker to its tables; both
are kept as soon as they are whole, so that the same command takes an interrupted run up again and ends
with the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

import trackway
from trackway import case, parts, wire
from trackway.case import Case
from trackway.correlate.load import Evidence, load
from trackway.correlate.once import keep_once
from trackway.correlate.run import Request, correlate
from trackway.errors import UsageError
from trackway.evidence.discover import EvidenceFile, discover
from trackway.evidence.ownership import hosts_of
from trackway.evidence.places import nearest
from trackway.parts import Part
from trackway.schema import FILE, SKIPPED
from trackway.timezones import Moments, Timezones, told_ttls
from trackway.workplace import RUN, begin

_SMALL: Final = 64 << 20
"""Bytes of evidence below which a second process costs more than it brings."""

Result = TypeVar("Result")

Asked = tuple[tuple[str, ...], str | None]
"""Hosts to keep, and the password of encrypted evidence."""


class Progress(Protocol):
    """Told how far a run has come."""

    def reading(self, file: str, done_bytes: int, total_bytes: int) -> None:
        """One evidence file has been read; bytes of all files together."""

    def correlating(self, host: str, done: int, total: int) -> None:
        """One host has been correlated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a run was asked for; two runs with equal settings and evidence make equal cases."""

    hosts: tuple[str, ...]
    timezones: tuple[str, ...]
    collected_at: tuple[str, ...]
    ttls: tuple[str, ...]
    unlocked: bool  # whether a password was given; which one is kept nowhere
    since: str | None
    until: str | None
    evidence: tuple[tuple[str, int], ...]

    def text(self) -> str:
        """Return the settings as JSON, in one spelling."""
        return json.dumps(asdict(self), sort_keys=True)


def trace(
    evidence: Sequence[str | Path],
    case_path: str | Path | None = None,
    *,
    force: bool = False,
    hosts: Sequence[str] = (),
    timezones: Sequence[str] = (),
    collected_at: Sequence[str] = (),
    ttls: Sequence[str] = (),
    password: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    workers: int | None = 1,
    progress: Progress | None = None,
) -> Case:
    """Reconstruct every network connection that the evidence tells of, and return the case.

    Args:
        evidence: files and folders: EVTX, JSON event exports, archives of them.
        case_path: folder to write; by default `NAME.case` in the current folder, after the first evidence.
        force: replace a case that is already there.
        hosts: hosts to keep, by full or short name; all by default. Evidence that does not tell whose it is
            belongs to it, if there is one only.
        timezones: `ZONE` or `HOST=ZONE`, to overrule what is measured.
        collected_at: `TIME` or `HOST=TIME`, when snapshots were taken that do not say it (resolver cache,
            open connections).
        ttls: `NAME=SECONDS`, the TTL that a server gives a name; with `,authoritative` from its authority.
        password: of encrypted archives among the evidence; kept nowhere.
        since: leave out connections that ended before; aware.
        until: leave out connections that began after; aware.
        workers: processes at work; null for as many as pay. Results do not depend on it. A script that asks
            for several must guard its entry with `if __name__ == "__main__":`, as `multiprocessing` wants.
        progress: told how far the run has come.

    Raises:
        EvidenceError: a path does not exist, cannot be read or holds nothing.
        CaseError: the case is there already, or cannot be written.
        UsageError: a time zone does not exist, a time or a TTL is none, or since lies after until.
    """
    if since and until and since > until:
        raise UsageError("--since lies after --until; nothing can be between them")
    zones, moments, told = Timezones.parse(timezones), Moments.parse(collected_at), told_ttls(ttls)
    found = discover([Path(path) for path in evidence])
    path = Path(case_path) if case_path is not None else default_path(evidence)
    settings = Settings(
        hosts=tuple(sorted({host.lower() for host in hosts})),
        timezones=tuple(timezones),
        collected_at=tuple(collected_at),
        ttls=tuple(ttls),
        unlocked=password is not None,
        since=since.isoformat() if since else None,
        until=until.isoformat() if until else None,
        evidence=tuple((file.name, file.size) for file in found),
    )
    if begin(path, settings.text(), force=force):
        return Case(path)
    pool = _Pool(workers, sum(file.size for file in found))
    read = _read(path, found, (settings.hosts, password), pool, progress)
    spellings = hosts_of([member for part in read for member in part.members], hosts)
    folders = [_part_folder(path, part.name) for part in read if part.is_wire]
    clients = wire.Clients({})
    if folders:
        clients = wire.clients([_part_folder(path, part.name) for part in read if part.hosts], spellings)
        wire.settle([member for part in read for member in part.members], folders, clients)
    requests = [Request(host=host, timezone=zones.of(host), since=since, until=until) for host in spellings]
    jobs = [
        replace(
            _evidence(path, request, spellings[request.host], read),
            wire=folders,
            clients=clients.of(request.host),
            collected_at=moments.of(request.host),
            ttls=told,
        )
        for request in requests
    ]
    _correlate(path, jobs, pool, progress)
    _finish(path, settings, list(spellings), read)
    return Case(path)


def default_path(evidence: Sequence[str | Path]) -> Path:
    """Return the case that a run without one writes: the first evidence's name in the current folder."""
    name = Path(evidence[0]).resolve().name or "evidence"
    for ending in (".gz", ".tar", ".tgz", ".zip", ".jsonl", ".json", ".evtx"):
        name = name.removesuffix(ending)
    return Path(f"{name}.case")


def _read(
    path: Path,
    evidence: Sequence[EvidenceFile],
    asked: Asked,
    pool: _Pool,
    progress: Progress | None,
) -> list[Part]:
    """Return the part of every evidence file, in their order."""
    total, done = sum(file.size for file in evidence), 0
    found: dict[str, Part] = {}
    threads = pool.share(len(evidence))
    for file, part in pool.map(_read_one, [(path, file, asked, threads) for file in evidence]):
        found[file.name] = part
        done += file.size
        if progress:
            progress.reading(file.name, done, total)
    return [found[file.name] for file in evidence]


def _read_one(path: Path, file: EvidenceFile, asked: Asked, threads: int) -> tuple[EvidenceFile, Part]:
    folder = _part_folder(path, file.name)
    made = parts.load(folder, file)
    return file, made or parts.make(folder, file, asked[0], password=asked[1], threads=threads)


def _part_folder(path: Path, name: str) -> Path:
    return path / RUN / "parts" / hashlib.sha256(name.encode()).hexdigest()[:16]


def _evidence(path: Path, request: Request, spellings: Sequence[str], read: Sequence[Part]) -> Evidence:
    """Return what the evidence holds for the correlation of one host."""
    names = {request.host, *spellings}
    every = [member for part in read for member in part.members]
    said = {member.file: member.facts["collected"] for member in every if "collected" in member.facts}
    moments = ((member.file, nearest(member.file, said)) for member in every if said)
    return Evidence(
        request=request,
        spellings=tuple(sorted(names)),
        folders=[_part_folder(path, part.name) for part in read if not names.isdisjoint(part.hosts)],
        zones=[zone for part in read for zone in part.zones],
        collected=[(file, moment) for file, moment in moments if moment],
        held=[row for member in every for row in member.held if _is_of(str(row["host"]), names)],
    )


def _is_of(computer: str, names: set[str]) -> bool:
    """True where a log's computer is one of the spellings of a host, by full or by short name."""
    full, short = computer.lower(), computer.lower().partition(".")[0]
    return any(
        full in (name.lower(), name.lower().partition(".")[0]) or short == name.lower() for name in names
    )


def _correlate(path: Path, hosts: Sequence[Evidence], pool: _Pool, progress: Progress | None) -> None:
    jobs = [(path, host, pool.share(len(hosts))) for host in hosts]
    for done, host in enumerate(pool.map(_correlate_one, jobs), start=1):
        if progress:
            progress.correlating(host, done, len(hosts))


def _correlate_one(path: Path, host: Evidence, threads: int) -> str:
    """Write every table of one host, and the mark that they are whole; return its name."""
    name = host.request.host
    key = hashlib.sha256(name.encode()).hexdigest()[:16]
    mark = path / RUN / "hosts" / key
    if mark.exists():
        return name
    spill = path / RUN / "spill" / key
    limits: dict[str, str | int] = {"memory_limit": "1GB", "temp_directory": str(spill), "threads": threads}
    with duckdb.connect(config={**limits}) as db:
        load(db, host)
        duplicates = keep_once(db)
        for table, rows in correlate(db, host.request):
            case.write(case.table_file(path, table.name, name), table, rows)
    case.write_text(mark, json.dumps(duplicates))
    return name


def _finish(path: Path, settings: Settings, hosts: Sequence[str], read: Sequence[Part]) -> None:
    """Write the manifest, which makes the case whole, and clear away what the run needed."""
    _count_once(path, read)
    rows = sorted(
        (asdict(member) for part in read for member in part.members), key=lambda row: str(row["file"])
    )
    manifest = pa.Table.from_pylist(rows, schema=FILE.arrow())
    case.write(path / f"{FILE.name}.parquet", FILE, manifest.to_batches())
    case.write(path / f"{SKIPPED.name}.parquet", SKIPPED, _skipped(path, read))
    content = {
        "case_version": case.VERSION,
        "trackway": trackway.__version__,
        "settings": json.loads(settings.text()),
        "hosts": list(hosts),
        "files": rows,
    }
    case.write_text(path / case.MANIFEST_NAME, json.dumps(content, indent=1) + "\n")
    shutil.rmtree(path / RUN, ignore_errors=True)


def _count_once(path: Path, read: Sequence[Part]) -> None:
    """Move records that stand in the evidence once more from those used to the duplicates of their file."""
    members = {member.file: member for part in read for member in part.members}
    for mark in sorted((path / RUN / "hosts").glob("*")):
        for file, count in json.loads(mark.read_text(encoding="utf-8")).items():
            again = min(count, members[file].used)  # a record of the network may be of two hosts
            members[file].used -= again
            members[file].duplicates += again


def _skipped(path: Path, read: Sequence[Part]) -> Iterator[pa.RecordBatch]:
    for part in sorted(read, key=lambda part: part.name):
        with pq.ParquetFile(_part_folder(path, part.name) / f"{SKIPPED.name}.parquet") as rows:
            yield from rows.iter_batches()


class _Pool:
    """Runs jobs here or, where it pays, in several processes; results come as they are ready."""

    def __init__(self, workers: int | None, size: int) -> None:
        wanted = workers or os.cpu_count() or 1
        self._workers = 1 if workers is None and size < _SMALL else wanted

    def share(self, jobs: int) -> int:
        """Return how many threads each of so many jobs may use; results do not depend on it."""
        return max(1, self._workers // max(1, jobs))

    def map(self, work: Callable[..., Result], jobs: Sequence[tuple[Any, ...]]) -> Iterator[Result]:
        if self._workers == 1 or len(jobs) <= 1:
            for job in jobs:
                yield work(*job)
            return
        context = multiprocessing.get_context("spawn")
        executor = ProcessPoolExecutor(
            min(self._workers, len(jobs)), mp_context=context, initializer=_end_with_parent
        )
        try:
            for future in as_completed([executor.submit(work, *job) for job in jobs]):
                yield future.result()
        finally:
            executor.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """Let a worker end when the run that started it is killed, or it would write beside the next one."""
    threading.Thread(target=_await_parent, daemon=True).start()


def _await_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
