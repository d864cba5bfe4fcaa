"""How fast tables and XML exports are read, beside other readers of the same file.

    python bench/exports.py --gigabytes 1
    python bench/exports.py --gigabytes 0.2 --form xml

Writes an export of invented events as EvtxECmd (CSV) or Event Viewer (XML) writes them, most of them of no
interest, and reads it with the shapes of every installed source. The CSV is read by pandas and by DuckDB too,
where they are there: they parse every field and understand none. Each reader has a process of its own; the
figures are bytes per second, by the clock and by the processor's time, and the peak of resident memory. The
file is made in the temporary folder, and removed.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from trackway.evidence.containers import members
from trackway.evidence.discover import discover
from trackway.formats import KINDS, read
from trackway.formats.rows import Ledger
from trackway.sources import installed

_CYCLE = 20_000
_NAMES = (
    "RecordNumber EventRecordId TimeCreated EventId Level Provider Channel ProcessId ThreadId Computer UserId "
    "MapDescription PayloadData1 PayloadData2 SourceFile Payload"
).split()
_SCHEMA = "http://schemas.microsoft.com/win/2004/08/events/event"

Reader = Callable[[Path], str]


def main() -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gigabytes", type=float, default=1.0, help="size of the text to read (1)")
    parser.add_argument("--form", choices=("csv", "xml"), default="csv", help="how it is written (csv)")
    options = parser.parse_args()
    readers: dict[str, Reader] = {"trackway": _trackway}
    if options.form == "csv":
        readers |= {"pandas.read_csv": _pandas, "duckdb read_csv": _duckdb}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"export.{options.form}"
        size = _write(path, int(options.gigabytes * 1e9), options.form)
        sys.stdout.write(f"{size / 1e9:.2f} GB of {options.form}\n")
        for name, reader in readers.items():
            sys.stdout.write(f"{name:<18}{_measured(reader, path, size)}\n")
            sys.stdout.flush()
    return 0


def _measured(reader: Reader, path: Path, size: int) -> str:
    """Return what a reader found, how fast, and its peak of memory, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(reader, path, theirs))
    process.start()
    found, seconds, at_work, peak = ours.recv()
    process.join()
    if not seconds:
        return str(found)
    speed, of_cpu = size / 1e6 / seconds, size / 1e6 / at_work
    return f"{speed:7.0f} MB/s ({of_cpu:.0f} by the processor's time)  {peak / 2**20:7.0f} MiB  {found}"


def _run(reader: Reader, path: Path, results: multiprocessing.connection.Connection) -> None:
    started, at_work = time.perf_counter(), time.process_time()
    try:
        found = reader(path)
    except ImportError as error:
        results.send((f"not installed: {error}", 0.0, 0.0, 0))
        return
    seconds, at_work = time.perf_counter() - started, time.process_time() - at_work
    unit = 1 if sys.platform == "darwin" else 1024
    results.send((found, seconds, at_work, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit))


def _trackway(path: Path) -> str:
    shapes, ledger, rows = [source.shape for source in installed().values()], Ledger(), 0
    for member in (member for file in discover([path]) for member in members(file)):
        if member.kind in KINDS:
            rows += sum(found.batch.num_rows for found in read(member, shapes, ledger))
    return f"{ledger.seen:,} records, {rows:,} wanted, {len(ledger.skips):,} skipped"


def _pandas(path: Path) -> str:
    import pandas as pd  # type: ignore  # noqa: PLC0415  only to compare

    return f"{len(pd.read_csv(path, dtype=str)):,} records"


def _duckdb(path: Path) -> str:
    import duckdb  # noqa: PLC0415  as above

    with duckdb.connect(config={"threads": 1}) as db:
        db.execute("SET enable_progress_bar = false")
        db.read_csv(str(path), all_varchar=True).create("export")
        (count,) = db.execute("SELECT count(*) FROM export").fetchall()[0]
        return f"{count:,} records, one thread"


def _write(path: Path, size: int, form: str) -> int:
    """Write at least `size` bytes of records and return how many it became."""
    record, head, end = (_row, _head(), b"") if form == "csv" else (_element, b"<Events>", b"</Events>")
    block = b"".join(record(number) for number in range(_CYCLE))
    with path.open("wb") as stream:
        stream.write(head)
        for _ in range(-(-size // len(block))):
            stream.write(block)
        stream.write(end)
    return path.stat().st_size


def _event(number: int) -> tuple[str, int, dict[str, str]]:
    """Return provider, number and fields of an event: one in twenty is a connection."""
    if number % 20:
        fields = {
            "UtcTime": "2026-02-03 09:00:01.000",
            "ProcessId": str(number),
            "ImageLoaded": "C:\\Windows\\x.dll",
        }
        return "Microsoft-Windows-Sysmon", 12, {**fields, "Hashes": "SHA1=" + "A" * 40}
    ends = {"SourceAddress": "10.0.0.7", "SourcePort": str(50000 + number % 9000), "DestAddress": "192.0.2.9"}
    fields = {
        "ProcessID": str(number),
        "Application": "\\device\\harddiskvolume2\\x.exe",
        "Direction": "%%14593",
    }
    return "Microsoft-Windows-Security-Auditing", 5156, {**fields, **ends, "DestPort": "443", "Protocol": "6"}


def _head() -> bytes:
    return (",".join(_NAMES) + "\r\n").encode()


def _row(number: int) -> bytes:
    provider, event_id, fields = _event(number)
    data = [{"@Name": name, "#text": text} for name, text in fields.items()]
    text = io.StringIO()
    time_text = f"2026-02-03 09:{number // 60 % 60:02}:{number % 60:02}.1234567"
    head = (
        number,
        number,
        time_text,
        event_id,
        "Info",
        provider,
        "Security",
        4,
        8,
        "WS7.example.org",
        "S-1-5-18",
    )
    rest = ("What happened", "of", "interest", "C:\\Security.evtx", json.dumps({"EventData": {"Data": data}}))
    csv.writer(text).writerow([*head, *rest])
    return text.getvalue().encode()


def _element(number: int) -> bytes:
    provider, event_id, fields = _event(number)
    data = "".join(f"<Data Name='{name}'>{text}</Data>" for name, text in fields.items())
    return (
        f"<Event xmlns='{_SCHEMA}'><System><Provider Name='{provider}'/><EventID>{event_id}</EventID>"
        "<Version>1</Version>"
        f"<TimeCreated SystemTime='2026-02-03T09:{number // 60 % 60:02}:{number % 60:02}.1234567Z'/>"
        f"<EventRecordID>{number}</EventRecordID><Execution ProcessID='4' ThreadID='8'/><Channel>Security</Channel>"
        f"<Computer>WS7.example.org</Computer></System><EventData>{data}</EventData></Event>\n"
    ).encode()


if __name__ == "__main__":
    sys.exit(main())
