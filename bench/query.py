"""How fast a log is searched: selecting one record in a thousand, beside reading the same file.

    python bench/query.py [LOG.evtx] [--megabytes N] [--rounds N]

Without a log one is made by repeating the chunks of a shared recording until it has that many megabytes. Each round
measures, one after the other, the processor time of this process: for reading the file in blocks of 64 KiB with
zlib.crc32, which is the floor; for selecting by id, by a field of a name and by any field, by a level and by a thread;
for counting. `evtx_dump | grep`, Chainsaw and Hayabusa are measured by the clock where they are on
the PATH. The ratio to the floor is what counts, times differ between machines.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import struct
import subprocess
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from trackway.evidence.discover import discover
from trackway.formats import evtx
from trackway.formats.whole import Sieve
from trackway.logs import statistics as logs
from trackway.logs.choice import Choice
from trackway.logs.evidence import Account, records
from trackway.logs.search import Search, of_xpath
from trackway.logs.syntax import Text

Key = TypeVar("Key", int, tuple[str, str])

SHARED = Path(__file__).parents[1] / "../shared/data/evtx/python-evtx/issue_43.evtx"
FLOOR = "read + CRC32"
CHUNK, HEADER, BLOCK = 1 << 16, 4096, 1 << 16
FIRST = 20_000
"""Records that are looked at to know what is rare."""

_GREP = '"$0" -o jsonl "$1" | grep -c "$2"'


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("log", nargs="?", type=Path)
    parser.add_argument("--megabytes", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        log = asked.log or repeated(SHARED, asked.megabytes << 20, Path(folder) / "log.evtx")
        print(f"{log.name}: {log.stat().st_size / 1e6:,.0f} MB, reader: {reader()}")
        report(measured(log, asked.rounds))


def reader() -> str:
    """Return which reader decodes EVTX."""
    return "trackway_evtx" if evtx.NATIVE else "the package evtx"


def repeated(source: Path, size: int, target: Path) -> Path:
    """Write a log of that size from the chunks of another; each is whole in itself and read as it is."""
    raw = source.read_bytes()
    header = bytearray(raw[:HEADER])
    chunks = [raw[at : at + CHUNK] for at in range(HEADER, len(raw) - CHUNK + 1, CHUNK)]
    chunks = [chunk for chunk in chunks if chunk.startswith(b"ElfChnk\0")]
    count = min(size // CHUNK, 0xFFFF)
    header[42:44] = struct.pack("<H", count)
    header[124:128] = struct.pack("<I", zlib.crc32(bytes(header[:120])))
    with target.open("wb") as out:
        out.write(header)
        for number in range(count):
            out.write(chunks[number % len(chunks)])
    return target


def rarest(log: Path) -> tuple[int, tuple[str, str]]:
    """Return the id, and the name and value of a field, that select about one of the first records in a thousand."""
    ids: Counter[int] = Counter()
    values: Counter[tuple[str, str]] = Counter()
    found = records(discover([log]), Sieve(), lambda _file, _whole: True, Account())
    for each in islice(found, FIRST):
        ids[int(each.whole.root.value("System/EventID") or 0)] += 1
        data = each.whole.root.child("EventData")
        fields = [(child.attributes.get("Name", ""), child.text) for child in (data.children if data else ())]
        values.update({(name, text) for name, text in fields if name and len(text) > 8})
    wanted = sum(ids.values()) / 1000
    return _nearest(ids, wanted), _nearest(values, wanted)


def _nearest(counts: Counter[Key], wanted: float) -> Key:
    return min(counts, key=lambda key: (abs(counts[key] - wanted), str(key)))


def measured(log: Path, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each way, round by round, after one to warm up."""
    event, (name, value) = rarest(log)
    literal = Text(value)
    named = f"*[EventData[Data[@Name='{name}']={literal}]]"
    print(f"id {event} selects {selected(log, f'*[System[EventID={event}]]'):,} records")
    print(f"{named} selects {selected(log, named):,} records")
    ways: dict[str, Callable[[], object]] = {
        FLOOR: lambda: floor(log),
        "by id": lambda: selected(log, f"*[System[EventID={event}]]"),
        "by a field": lambda: selected(log, named),
        "by any field": lambda: selected(log, f"*[EventData[Data={literal}]]"),
        "by id, field": lambda: selected(log, f"*[System[EventID=1] and {named[2:-1]}]"),
        "by level": lambda: selected(log, "*[System[Level=1]]"),
        "by thread": lambda: selected(log, "*[System[Execution[@ThreadID=1]]]"),
        "stats": lambda: counted(log),
    }
    clocks = dict.fromkeys(ways, time.process_time)
    for name, command in others(log, event, value).items():
        ways[name] = partial(subprocess.run, command, check=False, capture_output=True)
        clocks[name] = time.perf_counter
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            before = clocks[name]()
            way()
            if number:
                seconds[name].append(clocks[name]() - before)
    return seconds


def floor(log: Path) -> int:
    crc = 0
    with log.open("rb", buffering=0) as file:
        while block := file.read(BLOCK):
            crc = zlib.crc32(block, crc)
    return crc


def selected(log: Path, xpath: str) -> int:
    search = Search(choice=Choice(), queries=(of_xpath(xpath),))
    found = records(discover([log]), search.sieve(None), search.selects(None), Account())
    return sum(1 for _ in found)


def counted(log: Path) -> int:
    return sum(rows.num_rows for _, rows in logs.tables(discover([log]), Account(), logs.TABLES))


def others(log: Path, event: int, value: str) -> dict[str, list[str]]:
    """Return the commands of other programs that are here."""
    commands: dict[str, Callable[[str], list[str]]] = {
        "evtx_dump": lambda path: ["sh", "-c", _GREP, path, str(log), f'"EventID":{event}'],
        "chainsaw": lambda path: [path, "search", value, str(log)],
        "hayabusa": lambda path: [path, "search", "-f", str(log), "-k", value, "-q"],
    }
    return {name: make(path) for name, make in commands.items() if (path := shutil.which(name))}


def report(seconds: dict[str, list[float]]) -> None:
    least = statistics.median(seconds[FLOOR])
    for name, times in seconds.items():
        median = statistics.median(times)
        print(f"{name:14} {median:8.3f} s   {median / least:8.1f} x the floor")


if __name__ == "__main__":
    main()
