"""How fast pfirewall.log is read: bytes a second and peak memory, beside pandas and DuckDB on the same file.

    python bench/firewall_log.py [MEGABYTES]

The log is made anew, with invented addresses. Each reader runs in a process of its own. Trackway's numbers are
for reading to raw rows, and for interpreting them, too. The other two split lines into columns and nothing more.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEADER = (
    "#Version: 1.5\r\n#Software: Microsoft Windows Firewall\r\n#Time Format: Local\r\n"
    "#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype "
    "icmpcode info path pid\r\n\r\n"
)
START = """
import resource, sys, time
path = sys.argv[1]
began, at_work = time.perf_counter(), time.process_time()
"""
END = """
spent, at_work = time.perf_counter() - began, time.process_time() - at_work
print(rows, spent, at_work, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""
READ = """
from trackway.formats import KINDS
from trackway.formats.rows import Ledger, Rows
from trackway.sources import installed
from trackway.sources.interpret import Interpreter
import duckdb
shapes, ledger, rows = [source.shape for source in installed().values()], Ledger(), 0
interpreter = Interpreter(duckdb.connect(config={"threads": 1}))
with open(path, "rb") as stream:
    for part in KINDS["firewall_log"](stream, shapes, ledger):
        WORK
assert ledger.seen == rows and not ledger.skips
"""
OBSERVE = """
        place = part.batch.schema.get_field_index("computer")
        host = part.batch.column(place).fill_null("WS7")
        named = Rows(part.shape, part.batch.set_column(place, "computer", host))
        rows += sum(table.num_rows for _, table in interpreter.observations(named, path, zoned=False).tables)
""".strip()
READERS = {
    "trackway, raw rows": READ.replace("WORK", "rows += part.batch.num_rows"),
    "trackway, observations": READ.replace("WORK", OBSERVE),
    "duckdb read_csv": """
import duckdb
db = duckdb.connect(config={"threads": 1})
db.execute("SET enable_progress_bar = false")
rows = db.execute(
    "SELECT count(columns(*)) FROM read_csv($1, delim=' ', skip=5, header=false, all_varchar=true)", [path]
).fetchone()[0]
""",
    "pandas.read_csv": """
import pandas
rows = len(pandas.read_csv(path, sep=" ", skiprows=5, header=None, dtype=str))
""",
}


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pfirewall.log")
        lines = write(path, megabytes << 20)
        print(f"{path.stat().st_size / 1e6:,.0f} MB, {lines:,} lines")
        for name, code in READERS.items():
            if name.startswith("pandas") and importlib.util.find_spec("pandas") is None:
                print(f"{name:24} not installed")
                continue
            measure(name, code, path)


def write(path: Path, size: int) -> int:
    """Write a log of about so many bytes and return the number of its lines."""
    began, lines = 1_637_982_000, 0
    with path.open("w", encoding="ascii", newline="") as stream:
        written = stream.write(HEADER)
        while written < size:
            block = "".join(_line(began, number) for number in range(lines, lines + 10_000))
            written += stream.write(block)
            lines += 10_000
    return lines


def _line(began: int, number: int) -> str:
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(began + number // 50))
    action, way = ("DROP", "RECEIVE") if number % 7 == 0 else ("ALLOW", "SEND")
    remote = f"203.0.{number % 113}.{number % 251}"
    ends = f"192.0.2.7 {remote}" if way == "SEND" else f"{remote} 192.0.2.7"
    return f"{moment} {action} TCP {ends} {49152 + number % 16384} 443 0 - 0 0 0 - - - {way} {4 * (number % 4096)}\r\n"


def measure(name: str, code: str, path: Path) -> None:
    command = [sys.executable, "-c", START + code + END, str(path)]
    rows, spent, at_work, peak = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.split()
    speed, of_cpu = (path.stat().st_size / 1e6 / float(seconds) for seconds in (spent, at_work))
    print(
        f"{name:24} {int(rows):>12,} rows {float(spent):8.1f} s {speed:8.1f} MB/s "
        f"({of_cpu:.1f} by the processor's time) {int(peak) / 2**20:8.0f} MiB"
    )


if __name__ == "__main__":
    main()
