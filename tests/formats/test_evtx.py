"""What becomes of the records that the EVTX package hands out; real logs are in test_recordings."""

from __future__ import annotations

import io
import json
from typing import Any, ClassVar

import pytest

from trackway.formats import evtx, evtx_decoded

from .exports import Written, evtx_dump, expected, read_all


class Parser:
    """Stands for the package: hands out what a test gives it, and raises what it is given to raise."""

    script: ClassVar[list[Any]] = []

    def __init__(self, stream: object) -> None:
        self._script = iter(self.script)

    def records_json(self) -> Parser:
        return self

    def __iter__(self) -> Parser:
        return self

    def __next__(self) -> dict[str, Any]:
        step = next(self._script)
        if isinstance(step, Exception):
            raise step
        return step


def record(event: Written, **change: str) -> dict[str, Any]:
    text = json.dumps(evtx_dump(event), separators=(",", ":"))
    for old, new in change.items():
        text = text.replace(old, new)
    return {"event_record_id": event.record, "timestamp": "", "data": text}


@pytest.fixture
def played(monkeypatch):
    def play(*script: object):
        monkeypatch.setattr(Parser, "script", list(script))
        monkeypatch.setattr(evtx_decoded, "PyEvtxParser", Parser)
        monkeypatch.setattr(evtx, "NATIVE", False)
        return read_all(b"ElfFile\0".ljust(4096, b"\0"), kind="evtx")

    return play


def test_a_record_becomes_the_same_row_as_in_a_json_export(played):
    assert played(record(Written())).only == [expected(Written()) | {"line": None}]


def test_a_guid_is_written_as_windows_writes_it(played):
    guid = "94F748D5-4A45-5A42-0000-0010D265F20F"
    (row,) = played(record(Written(fields={"QueryName": guid, "QueryType": guid.lower()}))).only
    assert (row["QueryName"], row["QueryType"]) == (f"{{{guid}}}", guid.lower())


def test_a_broken_record_is_a_skip_with_its_number_and_reading_goes_on(played):
    found = played(RuntimeError("Failed to parse record number 7: no"), record(Written()))
    assert [(skip.record, skip.reason) for skip in found.ledger.skips] == [
        (7, "cannot be decoded: Failed to parse record number 7: no")
    ]
    assert (len(found.only), found.ledger.damaged) == (1, False)


def test_a_broken_chunk_is_a_skip_and_the_file_counts_as_damaged(played):
    found = played(record(Written()), RuntimeError("Failed to parse chunk number 6"))
    assert (len(found.only), len(found.ledger.skips), found.ledger.damaged) == (1, 1, True)


def test_a_record_that_is_no_json_is_a_skip_with_its_number(played):
    found = played(record(Written(), perdu='per"du'), record(Written()))
    assert [skip.record for skip in found.ledger.skips] == [42]
    assert len(found.only) == 1


def test_a_file_that_breaks_for_ever_is_left(played, monkeypatch):
    monkeypatch.setattr(evtx_decoded, "_MOST_BROKEN", 10)
    found = played(*[RuntimeError("broken")] * 1000)
    assert len(found.ledger.skips) == 11
    assert "the rest was not read" in found.ledger.skips[-1].reason


def test_an_event_that_nobody_wants_is_ignored_without_being_parsed(played):
    found = played(record(Written(event_id=1), perdu='per"du'), record(Written(event_id=1)))
    assert (found.ledger.ignored, found.only) == (2, [])


@pytest.mark.parametrize("content", [b"ElfFile\0", b"ElfFile\0" + bytes(100)])
def test_a_file_that_cannot_be_opened_is_one_skip(content):
    found = read_all(io.BytesIO(content), kind="evtx")  # type: ignore[arg-type]
    assert (found.only, len(found.ledger.skips), found.ledger.damaged) == ([], 1, True)
