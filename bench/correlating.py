"""How long one busy host takes to correlate, how much memory that needs, and how both grow.

    python bench/correlating.py
    python bench/correlating.py --sizes 10000 100000 1000000 --models

Each size N stands for N connection observations (half 5156, a quarter 5158, a quarter Sysmon 3), N look-ups
(3008, with 3006 of half of them left out) and N / 10 process starts (Sysmon 1) with as many ends, over days
that grow with N, so that the density is that of one busy host. Every size runs in a process of its own.
`n log n` says how much longer each size took than the one before, over what n log n would allow.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from trackway.correlate import run
from trackway.correlate.load import HELD, ZONES
from trackway.correlate.tables import Tables
from trackway.schema import OBSERVATIONS, Table, sql_type

MEMORY_LIMIT = "1GB"
"""As the pipeline gives it to one host."""

_NAMES, _ADDRESSES, _PIDS = 20_000, 30_000, 2_000


def main() -> int:
    """Run the benchmark and print its figures."""
    options = _options()
    if options.one:
        return _one(options.one, options.models)
    print(f"{'observations':>12}  {'seconds':>8}  {'peak MiB':>8}  {'stories':>9}  {'n log n':>8}")
    before: tuple[int, float] | None = None
    for size in options.sizes:
        command = [sys.executable, __file__, "--one", str(size), *(["--models"] if options.models else [])]
        *rest, last = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True
        ).stdout.splitlines()
        seconds, peak, stories = last.split()
        growth = _growth(before, (size, float(seconds)))
        print(f"{size:>12,}  {float(seconds):>8.1f}  {int(peak):>8,}  {int(stories):>9,}  {growth:>8}")
        print("\n".join(rest), end="\n" if rest else "")
        before = (size, float(seconds))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument(
        "--models", action="store_true", help="print the seconds of each model that works over a tenth of one"
    )
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _growth(before: tuple[int, float] | None, now: tuple[int, float]) -> str:
    if before is None:
        return "-"
    allowed = now[0] * math.log(now[0]) / (before[0] * math.log(before[0]))
    return f"{now[1] / before[1] / allowed:.2f}"


def _one(size: int, models: bool) -> int:
    """Correlate one size and print seconds, peak MiB and stories on the last line."""
    with tempfile.TemporaryDirectory() as folder:
        limits = {"memory_limit": MEMORY_LIMIT, "temp_directory": folder}
        with duckdb.connect(config={**limits, "threads": os.cpu_count() or 1}) as db:
            _fill(db, size)
            if models:
                _time_models()
            started, stories = time.perf_counter(), 0
            for table, rows in run.correlate(db, run.Request(host="BUSY")):
                count = sum(batch.num_rows for batch in rows)
                stories += count if table.name == "story" else 0
            seconds = time.perf_counter() - started
    print(f"{seconds:.3f} {_peak() >> 20} {stories}")
    return 0


def _time_models() -> None:
    """Print what each model takes."""
    make = Tables.make  # the one place where all models pass

    def timed(tables: Tables, model: str) -> None:
        started, worked = time.perf_counter(), time.process_time()
        make(tables, model)
        seconds, spent = time.perf_counter() - started, time.process_time() - worked
        if spent >= 0.1:
            print(f"    {model:30} {seconds:6.1f} s, {spent:6.1f} s of processors")

    Tables.make = timed  # type: ignore[method-assign, assignment]


def _fill(db: duckdb.DuckDBPyConnection, size: int) -> None:
    """Make the observation tables of a host; nothing depends on chance that is not seeded."""
    db.execute("SET TimeZone = 'UTC'")
    for name, value in (("n", size), ("names", _NAMES), ("addresses", _ADDRESSES), ("pids", _PIDS)):
        db.execute(f"SET VARIABLE {name} = {value}")
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n")
    for statement in filter(str.strip, statements):
        db.execute(statement)
    for table in OBSERVATIONS:
        _complete(db, table)
    file_zone = ZONES.empty_table()  # noqa: F841  DuckDB reads it by name
    db.execute("CREATE TABLE file_zone AS FROM file_zone")
    log_held = HELD.empty_table()  # noqa: F841  as above
    db.execute("CREATE TABLE log_held AS FROM log_held")


def _complete(db: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Make an observation table of what the script gives of it; all else is null, or nothing."""
    found = "SELECT column_name FROM duckdb_columns WHERE table_name = $1"
    given = [name for (name,) in db.execute(found, [f"made_{table.name}"]).fetchall()]
    types = {column.name: sql_type(column.type) for column in table.columns}
    columns = ", ".join(
        f'CAST({name if name in given else "NULL"} AS {kind}) AS "{name}"' for name, kind in types.items()
    )
    source = f"made_{table.name} ORDER BY file, line" if given else "range(0)"
    db.execute(f"CREATE TABLE {table.name} AS SELECT {columns} FROM {source}")  # noqa: S608  our own names
    db.execute(f"DROP TABLE IF EXISTS made_{table.name}")


def _peak() -> int:
    """Return the most memory that this process has held, in bytes."""
    import resource  # noqa: PLC0415  not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    sys.exit(main())
