"""What each stage of a trace takes, for every recording given.

    python bench/tracing.py ../shared/data/otrf

Each recording is traced by one process: once its records are only read, once read and interpreted, once traced to
the end; the stages are the differences. `of a host` is what one host takes to correlate and save, on average.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import trackway
from trackway import parts
from trackway.evidence.containers import members
from trackway.evidence.discover import EvidenceFile, discover

TIMES = 3
"""Runs of each, of which the quickest counts."""


def main() -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("evidence", type=Path, nargs="+", help="recordings, or folders of them")
    print(
        f"{'records':>8}  {'read':>6}  {'interpret':>9}  {'correlate, save':>15}  {'of a host':>9}  seconds of"
    )
    for file in discover(parser.parse_args().evidence):
        print(_figures(file))
    return 0


def _figures(file: EvidenceFile) -> str:
    with tempfile.TemporaryDirectory() as folder:
        read = _quickest(lambda: [parts.recognised(member) for member in members(file)])
        case = trackway.trace([file.path], Path(folder, "case"))
        made = _quickest(lambda: parts.make(Path(folder, "part"), file, ()))
        whole = _quickest(lambda: trackway.trace([file.path], Path(folder, "case"), force=True))
        seen = case.sql("SELECT sum(seen) AS seen FROM file").to_pylist()[0]["seen"]
        hosts = case.manifest["hosts"]
    last = whole - made
    each = last / max(1, len(hosts)) if isinstance(hosts, list) else last
    return f"{seen:>8,}  {read:>6.2f}  {made - read:>9.2f}  {last:>15.2f}  {each:>9.2f}  {file.name}"


def _quickest(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(TIMES):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


if __name__ == "__main__":
    sys.exit(main())
