"""Logs to read: the shared recordings, and small ones of the lab."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from trackway.lab.witness.record import Event, Record, fields
from trackway.lab.write.evtx import EvtxFile

SHARED: Final = Path(__file__).parents[2] / "../shared/data/evtx"
HEADER, CHUNK = 4096, 1 << 16
START: Final = 1_637_983_059_123_456  # 2021-11-27T03:17:39.123456Z

EVENT: Final = Event(
    channel="Lab/Operational",
    provider="Lab",
    guid=bytes(range(16)),
    id=7,
    version=2,
    task=3,
    fields=fields(
        "Text A:u8 B:u16 C:u32 D:u64 E:hex32 F:hex64 G:pointer H:guid I:sid J:flag K:time ProcessId:u32"
    ),
)
VALUES: Final = (
    "naïve ☃ 𐐷 <&>", 255, 65535, 2**32 - 1, 2**64 - 1, 0xABC, 0xDEF, 0x1F4, bytes(range(16)),
    "S-1-5-21-3500184411-1200845513-2817650123-1107", True, START, 4711,
)  # fmt: skip
OTHER: Final = Event(
    channel="Lab/Operational", provider="Lab", guid=bytes(range(16)), id=8, fields=(("Text", "text"),)
)

needs_recordings = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the shared recordings are not beside this repository"
)


def recordings() -> list[Path]:
    """Return the shared logs."""
    return sorted(SHARED.rglob("*.evtx")) if SHARED.is_dir() else []


def recording(name: str) -> Path:
    """Return the shared log of a name that only one has."""
    (path,) = SHARED.rglob(name)
    return path


def record(event: Event = EVENT, values: Sequence[object] = VALUES, **change: Any) -> Record:
    """Return a plain record."""
    return Record(START, event, 4, 1108, "S-1-5-18", tuple(values), None)._replace(**change)


def write(path: Path, *records: Record) -> Path:
    """Write a log and return its path."""
    log = EvtxFile(path, "WS7.example.org")
    for number, found in enumerate(records, start=1):
        log.write(number, found)
    log.close()
    return path
