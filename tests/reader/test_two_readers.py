"""Both readers of the project give the same rows; python-evtx sees the same events."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET  # our own output and that of a library, over recordings

import pyarrow as pa
import pytest

from trackway.formats import carve, evtx, evtx_package
from trackway.formats.rows import Ledger, Shape
from trackway.sources import installed

from .logs import needs_recordings, record, recording, recordings, write

trackway_evtx = pytest.importorskip("trackway_evtx", reason="the native reader is not installed")
pytest.importorskip("evtx", reason="the package evtx is not installed")

from trackway.formats import evtx_native  # noqa: E402  what it imports may not be there

MORE = {
    "2-vss_0-Microsoft-Windows-RemoteDesktopServices-RdpCoreTS%4Operational.evtx",
    "2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx",
    "Microsoft-Windows-HelloForBusiness%4Operational.evtx",
    "Microsoft-Windows-LanguagePackSetup%4Operational.evtx",
    "sample-with-zero-data-size-event.evtx",
    "sample_with_a_bad_chunk_magic.evtx",
}
"""Damaged logs, of which the native reader gives more, or says more exactly what is lost."""

OTHERWISE = {("Microsoft-Windows-Sysmon", 16), ("Microsoft-Windows-Kernel-Processor-Power", 26)}
"""A lone surrogate is U+FFFD here, nothing there; a `ComplexData` has its own name here, its element's there."""


def read(module: Any, path: Path, shapes: list[Shape]) -> tuple[dict[str, list[dict[str, Any]]], Ledger]:
    ledger = Ledger()
    found: dict[str, list[dict[str, Any]]] = {}
    with path.open("rb") as stream:
        for rows in module.rows(stream, shapes, ledger):
            assert rows.batch.schema.equals(rows.shape.schema())
            found.setdefault(rows.shape.source, []).extend(rows.batch.to_pylist())
    assert ledger.seen == sum(map(len, found.values())) + ledger.ignored + len(ledger.skips)
    return {source: rows for source, rows in found.items() if rows}, ledger


def shapes_of(path: Path) -> list[Shape]:
    """Return a shape for each event in a log, with every field that the native reader names."""
    names: dict[tuple[str, int], dict[str, None]] = {}
    for batch in trackway_evtx.scan(path):
        if batch.kind is not None and batch.kind.event_id is not None and batch.kind.provider:
            fields = names.setdefault((batch.kind.provider, batch.kind.event_id), {})
            fields.update(dict.fromkeys(name for name, _ in batch.kind.fields if name))
    return [
        Shape(f"{provider} {event}", (provider,), (), frozenset([event]), (*fields,))
        for (provider, event), fields in names.items()
    ]


def told_apart(rows: dict[str, list[dict[str, Any]]]) -> Counter[str]:
    """Return every row, empty texts as null: the package takes one for the other in UserData."""
    plain = ({name: value or None for name, value in row.items()} for found in rows.values() for row in found)
    return Counter(
        json.dumps(row, sort_keys=True)
        for row in plain
        if (row["provider"], row["event_id"]) not in OTHERWISE
    )


@needs_recordings
@pytest.mark.parametrize("path", recordings(), ids=lambda path: path.name)
def test_both_readers_give_the_same_rows(path):
    for shapes in ([source.shape for source in installed().values()], shapes_of(path)):
        ours, own = read(evtx_native, path, shapes)
        theirs, other = read(evtx_package, path, shapes)
        missing = told_apart(theirs) - told_apart(ours)
        assert not missing
        if path.name not in MORE:
            assert told_apart(ours) == told_apart(theirs)
            assert (own.seen, own.ignored, len(own.skips), own.damaged) == (
                other.seen, other.ignored, len(other.skips), other.damaged,
            )  # fmt: skip


def test_the_package_is_taken_where_the_native_reader_is_not_installed(tmp_path, monkeypatch):
    path = write(tmp_path / "log.evtx", record())
    shape = Shape("lab", ("Lab",), (), frozenset({7}), ("Text", "E", "H"))
    native = read(evtx, path, [shape])
    monkeypatch.setattr(evtx, "NATIVE", False)
    assert read(evtx, path, [shape])[0] == native[0]
    assert "slower" in evtx.SLOWER


def steps(element: ET.Element) -> list[tuple[str, dict[str, str], str]]:
    return [
        (found.tag.rpartition("}")[2], dict(found.attrib), (found.text or "").strip())
        for found in element.iter()
    ]


NAMES = ("Security_short_selected.evtx", "new-user-security.evtx", "issue_38.evtx")


@needs_recordings
@pytest.mark.parametrize("name", NAMES)
def test_python_evtx_sees_the_same_events(name):
    reader = pytest.importorskip("Evtx.Evtx", reason="python-evtx is not installed")
    path = recording(name)
    ours = {
        row["number"]: row["xml"]
        for row in pa.table(trackway_evtx.read(path, system=["number"], fields=[], xml=True)).to_pylist()
    }
    compared = 0
    with reader.Evtx(str(path)) as log:
        for found in log.records():
            try:
                theirs = steps(ET.fromstring(found.xml()))  # noqa: S314  see the import
            except (ET.ParseError, UnicodeDecodeError, KeyError):
                continue  # what python-evtx cannot write
            own = steps(ET.fromstring(ours[found.record_num()]))  # noqa: S314  see the import
            assert plain(own) == plain(theirs)
            compared += 1
    assert compared


def plain(found: list[tuple[str, dict[str, str], str]]) -> list[tuple[str, dict[str, str], str]]:
    """Return elements without what python-evtx writes in its own way.

    It gives SystemTime rounded to the microsecond and with a blank, GUIDs in lower case, hexadecimal numbers
    with leading zeros, and empty attributes and elements for NULL.
    """
    kept = []
    for name, attributes, text in found:
        given = {
            key: moment(value) if key == "SystemTime" else value.lower()
            for key, value in attributes.items()
            if value
        }
        if given or text:
            kept.append((name, given, re.sub("^0x0+(?=.)", "0x", text.lower().replace("\r", ""))))
    return kept


def moment(text: str) -> str:
    """Return a time to the millisecond."""
    found = dt.datetime.fromisoformat(text.rstrip("Z")[:26].replace("T", " ")) + dt.timedelta(microseconds=1)
    return found.isoformat(sep=" ", timespec="milliseconds")


def test_carving_gives_batches_and_tells_what_became_of_everything(tmp_path):
    path = write(tmp_path / "log.evtx", record(), record())
    found = carve.Carved()
    rows = sum(batch.num_rows for batch in carve.carve(path, found))
    assert (rows, found.records, found.chunks, found.doubtful, found.skips) == (2, 2, 1, 0, [])


@needs_recordings
def test_threads_change_neither_rows_nor_ledger():
    path = recording("issue_43.evtx")
    shapes = shapes_of(path)
    found = []
    for threads in (1, 3):
        ledger = Ledger()
        with path.open("rb") as stream:
            batches = [
                (rows.shape, rows.batch.to_pylist()) for rows in evtx.rows(stream, shapes, ledger, threads)
            ]
        found.append((batches, ledger))
    assert found[0] == found[1]
