"""Raw records of citations: found where the heads of a log say they stand, and lines by counting."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reader.logs import EVENT, OTHER, record, write
from trackway.formats.whole import Sieve, evtx_numbered, numbered
from trackway.logs.messages import Messages
from trackway.present.web import records


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Several chunks, in which every hundredth record is one of 7, all others of 8."""
    found = [record() if number % 100 == 0 else record(OTHER, ("x" * 200,)) for number in range(500)]
    return write(tmp_path / "log.evtx", *found)


def raw(path: Path, *places: tuple[str, int | None, int | None]) -> list[str | None]:
    """Return the texts of citations: source, line, record."""
    cited = [
        {"source": source, "file": path.name, "line": line, "record": number}
        for source, line, number in places
    ]
    return [
        row["text"] for row in records.raw([path], cited, {path.name: path.stat().st_size}, Messages().of)
    ]


def test_the_heads_say_where_records_stand(log: Path) -> None:
    with log.open("rb") as stream:
        found = evtx_numbered.offsets(stream, {1, 301}, most=8)
        for place, number in zip(found, (1, 301), strict=True):
            stream.seek(place + 8)
            assert int.from_bytes(stream.read(8), "little") == number
        assert evtx_numbered.offsets(stream, {9_999}, most=8) == []


def test_only_records_of_the_number_and_the_event_are_given(log: Path) -> None:
    pytest.importorskip("trackway_evtx", reason="the native reader is not installed")
    with log.open("rb") as stream:
        assert [
            each.record for each in numbered(stream, {1, 2, 301}, Sieve(events=frozenset({EVENT.id})))
        ] == [1, 301]


def test_records_are_given_in_the_order_of_their_citations_and_what_is_not_there_is_null(log: Path) -> None:
    last, gone, first = raw(log, ("sysmon_7", None, 401), ("sysmon_7", None, 9_999), ("sysmon_7", None, 1))
    assert gone is None
    for text, number in ((first, 1), (last, 401)):
        assert f"<EventRecordID>{number}</EventRecordID>" in (text or "")


def test_lines_are_found_by_counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_BLOCK", 16)
    path = tmp_path / "pfirewall.log"
    path.write_bytes(b"".join(b"line %d\r\n" % number for number in range(1, 100)) + b"end")
    lines = [1, 2, 50, 99, 100, 101]
    found = raw(path, *(("firewall_log", line, None) for line in lines))
    assert found == ["line 1", "line 2", "line 50", "line 99", "end", None]
