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
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

import trackway
from trackway import case, parts
from trackway.case import Case
from trackway.correlate.run import Request, correlate
from trackway.errors import CaseError, UsageError
from trackway.evidence.containers import members
from trackway.evidence.discover import EvidenceFile, discover
from trackway.hosts import canonical_hosts
from trackway.parts import Part
from trackway.schema import FILE, OBSERVATIONS, SKIPPED
from trackway.timezones import Timezones

RUN: Final = ".run"
_SMALL: Final = 64 << 20
"""Bytes of evidence below which a second process costs more than it brings."""

ZONES: Final = pa.schema(
    [
        ("file", pa.string()),
        ("basis", pa.string()),
        ("zone_seconds", pa.int64()),
        ("support", pa.int64()),
        ("spread_seconds", pa.float64()),
    ]
)
"""What the records of a file, of all its hosts, show about its time zone."""

Result = TypeVar("Result")


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
        hosts: hosts to keep, by full or short name; all by default.
        timezones: `ZONE` or `HOST=ZONE`, to overrule what is measured.
        since: leave out connections that ended before; aware.
        until: leave out connections that began after; aware.
        workers: processes at work; null for as many as pay. Results do not depend on it. A script that asks
            for several must guard its entry with `if __name__ == "__main__":`, as `multiprocessing` wants.
        progress: told how far the run has come.

    Raises:
        EvidenceError: a path does not exist, cannot be read or holds nothing.
        CaseError: the case is there already, or cannot be written.
        UsageError: a time zone does not exist, or since lies after until.
    """
    if since and until and since > until:
        raise UsageError("--since lies after --until; nothing can be between them")
    zones = Timezones.parse(timezones)
    files = discover([Path(path) for path in evidence])
    path = Path(case_path) if case_path is not None else default_path(evidence)
    settings = Settings(
        hosts=tuple(sorted({host.lower() for host in hosts})),
        timezones=tuple(timezones),
        since=since.isoformat() if since else None,
        until=until.isoformat() if until else None,
        evidence=tuple((file.name, file.size) for file in files),
    )
    _begin(path, settings, force=force)
    pool = _Pool(workers, sum(file.size for file in files))
    read = _read(path, files, settings.hosts, pool, progress)
    requests = {
        host: (Request(host=host, timezone=zones.of(host), since=since, until=until), spellings)
        for host, spellings in canonical_hosts(host for part in read for host in part.hosts).items()
    }
    _correlate(path, requests, read, pool, progress)
    _finish(path, settings, list(requests), read)
    return Case(path)


def plan(evidence: Sequence[str | Path]) -> pa.Table:
    """Return what each evidence file is (columns of `schema.FILE`), counting records without interpreting them."""
    rows = []
    for file in discover([Path(path) for path in evidence]):
        rows += [asdict(parts.recognised(member)) for member in members(file)]
    return pa.Table.from_pylist(rows, schema=FILE.arrow())


def default_path(evidence: Sequence[str | Path]) -> Path:
    """Return the case that a run without one writes: the first evidence's name in the current folder."""
    name = Path(evidence[0]).resolve().name or "evidence"
    for ending in (".gz", ".tar", ".tgz", ".zip", ".jsonl", ".json", ".evtx"):
        name = name.removesuffix(ending)
    return Path(f"{name}.case")


def _begin(path: Path, settings: Settings, *, force: bool) -> None:
    """Make the folder of a new case, or take up the one that the same request left unfinished."""
    if path.exists() and not path.is_dir():
        raise CaseError(f"{path}: is a file, not a folder; give another name with -o")
    finished, unfinished = (path / case.MANIFEST_NAME).exists(), (path / RUN).exists()
    if path.exists() and any(path.iterdir()) and not finished and not unfinished:
        raise CaseError(f"{path}: is a folder with other things in it; give another name with -o")
    if finished and not force:
        raise CaseError(f"{path}: there is a case already; use --force to replace it, or -o for another name")
    if finished or (unfinished and not _same(path, settings)):
        shutil.rmtree(path)
    case.write_text(path / RUN / "settings.json", settings.text())


def _same(path: Path, settings: Settings) -> bool:
    try:
        return (path / RUN / "settings.json").read_text(encoding="utf-8") == settings.text()
    except OSError:
        return False


def _read(
    path: Path, files: Sequence[EvidenceFile], hosts: Sequence[str], pool: _Pool, progress: Progress | None
) -> list[Part]:
    """Return the part of every evidence file, in the order of `files`."""
    total, done = sum(file.size for file in files), 0
    found: dict[str, Part] = {}
    for file, part in pool.map(_read_one, [(path, file, tuple(hosts)) for file in files]):
        found[file.name] = part
        done += file.size
        if progress:
            progress.reading(file.name, done, total)
    return [found[file.name] for file in files]


def _read_one(path: Path, file: EvidenceFile, hosts: tuple[str, ...]) -> tuple[EvidenceFile, Part]:
    folder = _part_folder(path, file.name)
    return file, parts.load(folder, file) or parts.make(folder, file, hosts)


def _part_folder(path: Path, name: str) -> Path:
    return path / RUN / "parts" / hashlib.sha256(name.encode()).hexdigest()[:16]


def _correlate(
    path: Path,
    requests: dict[str, tuple[Request, list[str]]],
    read: Sequence[Part],
    pool: _Pool,
    progress: Progress | None,
) -> None:
    zones = [zone for part in read for zone in part.zones]
    folders = {
        host: [_part_folder(path, part.name) for part in read if not set(spellings).isdisjoint(part.hosts)]
        for host, (_, spellings) in requests.items()
    }
    jobs = [
        (path, request, spellings, folders[host], zones) for host, (request, spellings) in requests.items()
    ]
    for done, host in enumerate(pool.map(_correlate_one, jobs), start=1):
        if progress:
            progress.correlating(host, done, len(jobs))


def _correlate_one(
    path: Path,
    request: Request,
    spellings: Sequence[str],
    folders: Sequence[Path],
    zones: Sequence[dict[str, object]],
) -> str:
    """Write every table of one host, and the mark that they are whole; return its name."""
    key = hashlib.sha256(request.host.encode()).hexdigest()[:16]
    mark = path / RUN / "hosts" / key
    if mark.exists():
        return request.host
    spill = path / RUN / "spill" / key
    with duckdb.connect(config={"threads": 1, "memory_limit": "1GB", "temp_directory": str(spill)}) as db:
        _load(db, spellings, folders, zones)
        for table, rows in correlate(db, request):
            case.write(case.table_file(path, table.name, request.host), table, rows)
    case.write_text(mark, request.host)
    return request.host


def _load(
    db: duckdb.DuckDBPyConnection,
    spellings: Sequence[str],
    folders: Sequence[Path],
    zones: Sequence[dict[str, object]],
) -> None:
    """Load the observations of one host in the order of the evidence, however they were read."""
    db.execute("SET TimeZone = 'UTC'")
    for table in OBSERVATIONS:
        files = [str(folder / f"{table.name}.parquet") for folder in folders]
        relation = db.read_parquet(files)  # noqa: F841  DuckDB reads it by name
        db.execute(
            f"CREATE TABLE {table.name} AS SELECT * FROM relation "  # noqa: S608  names of our own schema
            "WHERE list_contains($1, host) ORDER BY file, line, record, source",
            [list(spellings)],
        )
    file_zone = pa.Table.from_pylist(list(zones), schema=ZONES)  # noqa: F841  DuckDB reads it by name
    db.execute("CREATE TABLE file_zone AS SELECT * FROM file_zone ORDER BY ALL")


def _finish(path: Path, settings: Settings, hosts: Sequence[str], read: Sequence[Part]) -> None:
    """Write the manifest, which makes the case whole, and clear away what the run needed."""
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


def _skipped(path: Path, read: Sequence[Part]) -> Iterator[pa.RecordBatch]:
    for part in sorted(read, key=lambda part: part.name):
        with pq.ParquetFile(_part_folder(path, part.name) / f"{SKIPPED.name}.parquet") as rows:
            yield from rows.iter_batches()


class _Pool:
    """Runs jobs here or, where it pays, in several processes; results come as they are ready."""

    def __init__(self, workers: int | None, size: int) -> None:
        wanted = workers or os.cpu_count() or 1
        self._workers = 1 if workers is None and size < _SMALL else wanted

    def map(self, work: Callable[..., Result], jobs: Sequence[tuple[Any, ...]]) -> Iterator[Result]:
        if self._workers == 1 or len(jobs) <= 1:
            for job in jobs:
                yield work(*job)
            return
        context = multiprocessing.get_context("spawn")
        executor = ProcessPoolExecutor(min(self._workers, len(jobs)), mp_context=context)
        try:
            for future in as_completed([executor.submit(work, *job) for job in jobs]):
                yield future.result()
        finally:
            executor.shutdown(cancel_futures=True)
