"""Records to write, and how three readers give them back."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import evtx
import pyarrow as pa
import pytest
import trackway_evtx

from trackway.lab.witness.record import Event, Record, fields

T0 = 1_637_983_059_123_456  # 2021-11-27T03:17:39.123456Z
CHANNEL = "Microsoft-Windows-Sysmon/Operational"
EVERY_TYPE = Event(
    channel=CHANNEL,
    provider="Microsoft-Windows-Sysmon",
    guid=bytes(range(16)),
    id=3,
    version=5,
    task=3,
    fields=fields("Text A:u8 B:u16 C:u32 D:u64 E:hex32 F:hex64 G:pointer H:guid I:sid J:flag K:time L"),
)
VALUES = (
    "naïve ☃ 𐐷 <&>", 255, 65535, 2**32 - 1, 2**64 - 1, 0xABC, 0xDEF, 0x1F4, bytes(range(16)),
    "S-1-5-21-3500184411-1200845513-2817650123-1107", True, T0, None,
)  # fmt: skip


def record(event: Event = EVERY_TYPE, values: tuple[object, ...] = VALUES, **changes: Any) -> Record:
    """Return a plain record."""
    return Record(T0, event, 4, 1108, "S-1-5-18", values, None)._replace(**changes)


def small(text: str = "x") -> Record:
    """Return a record of one text."""
    event = Event(channel=CHANNEL, provider="P", guid=bytes(16), id=1, fields=(("Text", "text"),))
    return record(event, (text,))


def by_evtx(path: Path) -> list[dict[str, Any]]:
    """Return the events as the package `evtx` reads them."""
    return [json.loads(row["data"])["Event"] for row in evtx.PyEvtxParser(str(path)).records_json()]


def by_python_evtx(path: Path) -> list[str]:
    """Return the events as XML by python-evtx, checksums required to be right."""
    reader = pytest.importorskip("Evtx.Evtx", reason="python-evtx is not installed")
    with reader.Evtx(str(path)) as log:
        assert log.get_file_header().verify()
        assert all(chunk.verify() for chunk in log.chunks())
        return [found.xml() for found in log.records()]


def left_by_evtx(path: Path) -> dict[int, str]:
    """Return number and text of the records that the package `evtx` still reads of a damaged log."""
    found, rows = {}, evtx.PyEvtxParser(str(path)).records_json()
    for _ in range(10_000):  # it raises at each record or chunk that it cannot read, and goes on
        with suppress(RuntimeError):
            row = next(rows, None)
            if row is None:
                break
            event = json.loads(row["data"])["Event"]
            found[event["System"]["EventRecordID"]] = event["EventData"]["Text"]
    return found


def left_by_python_evtx(path: Path) -> dict[int, str]:
    """Return number and text of the records that python-evtx still reads of a damaged log, chunk by chunk."""
    reader = pytest.importorskip("Evtx.Evtx", reason="python-evtx is not installed")
    found = {}
    with reader.Evtx(str(path)) as log, suppress(Exception):  # it gives up in many ways
        for chunk in log.chunks():
            with suppress(Exception):
                for record in chunk.records():
                    with suppress(Exception):
                        found[record.record_num()] = data_of(record.xml())[0][1]
    return found


def left_by_trackway(path: Path) -> dict[int, str]:
    """Return number and text of the records that Trackway's own reader still reads of a damaged log."""
    rows = pa.table(trackway_evtx.read(path, system=["number"], fields={"Text": "text"})).to_pylist()
    return {row["number"]: row["Text"] for row in rows}


def data_of(xml: str) -> list[tuple[str, str]]:
    """Return names and texts of the Data elements of an event."""
    return re.findall(r'<Data Name="(\w+)">(.*?)</Data>', xml, re.DOTALL)
