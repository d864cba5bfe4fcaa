"""How fast JSON exports are read, and how much memory that takes.

    python bench/reading.py --gigabytes 2
    python bench/reading.py --gigabytes 0.2 --form array

Writes a file of invented records like those of an NXLog export (Sysmon, Security and DNS-Client, most of
them of no interest), reads it with the shapes of every installed source, and prints bytes per second and
the peak of resident memory. The file is made anew, in the temporary folder, and removed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from trackway.evidence.containers import members
from trackway.evidence.discover import discover
from trackway.formats import KINDS, read
from trackway.formats.rows import Ledger, Shape

_CYCLE = 20_000
"""Different records; the file repeats them."""


def main() -> int:
    """Run the benchmark and print its figures."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("export.json.gz" if options.form == "gzip" else "export.json")
        size = _write(path, int(options.gigabytes * 1e9), options.form)
        before, started = _peak(), time.perf_counter()
        records, rows = _read(path, _shapes())
        seconds = time.perf_counter() - started
    sys.stdout.write(
        f"form         {options.form}\n"
        f"read         {size / 1e9:.2f} GB, {records:,} records, {rows:,} rows\n"
        f"time         {seconds:.1f} s, {size / 1e6 / seconds:.0f} MB/s, {records / seconds:,.0f} records/s\n"
        f"peak memory  {_peak() / 2**20:.0f} MiB ({before / 2**20:.0f} MiB before reading)\n"
    )
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gigabytes", type=float, default=2.0, help="size of the text to read (2)")
    parser.add_argument(
        "--form", choices=("lines", "array", "gzip"), default="lines", help="how it is written (lines)"
    )
    return parser.parse_args()


def _write(path: Path, size: int, form: str) -> int:
    """Write at least `size` bytes of records and return how many it became."""
    separator = b",\n" if form == "array" else b"\n"
    block = separator.join(json.dumps(record).encode() for record in _records()) + separator
    times = -(-size // len(block))
    with gzip.open(path, "wb", 1) if form == "gzip" else path.open("wb") as stream:
        stream.write(b"[" if form == "array" else b"")
        for _ in range(times - 1):
            stream.write(block)
        stream.write(block.removesuffix(separator))
        stream.write(b"]" if form == "array" else b"\n")
    return times * len(block)


def _records() -> Iterator[dict[str, Any]]:
    chance = random.Random(20)  # noqa: S311  a repeatable mixture, not a secret
    for number in range(_CYCLE):
        event = chance.choices(("image", "registry", "connection", "packet", "lookup"), (60, 25, 2, 10, 3))[0]
        yield _header(number, event) | _CONTENT[event](chance)


def _header(number: int, event: str) -> dict[str, Any]:
    provider, channel, event_id = _EVENTS[event]
    return {
        "EventTime": f"2026-02-03 0{number // 3600 % 10}:{number // 60 % 60:02}:{number % 60:02}",
        "Hostname": f"WS{number % 7}.example.org",
        "EventID": event_id,
        "SourceName": provider,
        "Channel": channel,
        "RecordNumber": number,
        "Version": 5,
        "ExecutionProcessID": 3336,
        "ThreadID": 4296,
        "UserID": "S-1-5-18",
        "Keywords": -9223372036854775808,
        "Message": "What happened, in many words that repeat the fields:\r\n" * 12,
        "tags": ["invented"],
        "@timestamp": "2026-02-03T09:00:02.123Z",
    }


def _image(chance: random.Random) -> dict[str, Any]:
    hashes = ",".join(
        f"{name}={chance.getrandbits(bits):0{bits // 4}X}" for name, bits in (("SHA1", 160), ("MD5", 128))
    )
    return {
        "UtcTime": "2026-02-03 09:00:01.000",
        "ProcessId": str(chance.randrange(4, 20000)),
        "Hashes": hashes,
        "Image": "C:\\Windows\\System32\\svchost.exe",
        "ImageLoaded": "C:\\Windows\\System32\\ntdll.dll",
    }


def _registry(chance: random.Random) -> dict[str, Any]:
    return {
        "UtcTime": "2026-02-03 09:00:01.000",
        "ProcessId": str(chance.randrange(4, 20000)),
        "TargetObject": f"HKLM\\SOFTWARE\\Invented\\{chance.getrandbits(64):x}",
        "Details": "Binary Data",
    }


def _connection(chance: random.Random) -> dict[str, Any]:
    return {
        "UtcTime": "2026-02-03 09:00:01.000",
        "ProcessId": str(chance.randrange(4, 20000)),
        "Protocol": "tcp",
        "Initiated": "true",
        "SourceIp": "192.0.2.7",
        "SourcePort": str(chance.randrange(49152, 65535)),
        "DestinationIp": f"198.51.100.{chance.randrange(255)}",
        "DestinationPort": "443",
    }


def _packet(chance: random.Random) -> dict[str, Any]:
    return {
        "ProcessID": str(chance.randrange(4, 20000)),
        "Direction": "%%14593",
        "SourceAddress": "192.0.2.7",
        "SourcePort": str(chance.randrange(49152, 65535)),
        "DestPort": "443",
        "Protocol": "6",
        "DestAddress": f"198.51.100.{chance.randrange(255)}",
        "Application": "\\device\\a.exe",
    }


def _lookup(chance: random.Random) -> dict[str, Any]:
    return {
        "QueryName": f"host{chance.randrange(500)}.example.org",
        "QueryType": "1",
        "QueryStatus": "0",
        "QueryResults": "::ffff:198.51.100.7;",
    }


_SYSMON = ("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational")
_EVENTS = {
    "image": (*_SYSMON, 7),
    "registry": (*_SYSMON, 13),
    "connection": (*_SYSMON, 3),
    "packet": ("Microsoft-Windows-Security-Auditing", "Security", 5156),
    "lookup": ("Microsoft-Windows-DNS-Client", "Microsoft-Windows-DNS-Client/Operational", 3008),
}
_CONTENT = {
    "image": _image,
    "registry": _registry,
    "connection": _connection,
    "packet": _packet,
    "lookup": _lookup,
}


def _shapes() -> Sequence[Shape]:
    """Return what the installed sources ask for, or three shapes where the package has none."""
    try:
        from trackway.sources import installed  # noqa: PLC0415  the readers do not need it
    except ImportError:
        return [
            Shape(
                "connection",
                _SYSMON[:1],
                _SYSMON[1:],
                frozenset({3}),
                ("UtcTime", "ProcessId", "DestinationIp"),
            ),
            Shape(
                "packet",
                _EVENTS["packet"][:1],
                ("Security",),
                frozenset({5156}),
                ("ProcessId", "DestAddress"),
            ),
            Shape("lookup", _EVENTS["lookup"][:1], (), frozenset({3008}), ("QueryName", "QueryResults")),
        ]
    return [source.shape for source in installed().values()]


def _read(path: Path, shapes: Sequence[Shape]) -> tuple[int, int]:
    """Read everything and return how many records were seen and how many rows came of them."""
    ledger, rows = Ledger(), 0
    for member in members(discover([path])[0]):
        if member.kind in KINDS:
            rows += sum(found.batch.num_rows for found in read(member, shapes, ledger))
    return ledger.seen, rows


def _peak() -> int:
    """Return the peak of resident memory in bytes; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0
    import resource  # noqa: PLC0415  not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    sys.exit(main())
