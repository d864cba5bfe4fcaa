"""Records that columns choose are read again whole: the same as those that are read whole at once."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("trackway_evtx", reason="the native reader is not installed")

from tests.reader.logs import CHUNK, EVENT, HEADER, OTHER, record, recordings, write
from trackway.evidence.containers import members
from trackway.evidence.discover import discover
from trackway.formats.rows import Ledger
from trackway.formats.whole import Held, Sieve, Tally, Whole, evtx_native
from trackway.formats.whole.holds import FIELDS

CHOSEN = Held(column="event_id", is_so=lambda text: text == str(EVENT.id))
SIEVE = Sieve(holds=CHOSEN)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Three chunks and more, in which every hundredth record is one of 7, all others of 8; times differ."""
    found = [
        record(time=number * 1_000_000)
        if number % 100 == 0
        else record(OTHER, ("x" * 200,), time=number * 1_000_000)
        for number in range(500)
    ]
    return write(tmp_path / "log.evtx", *found)


def read(raw: bytes, sieve: Sieve) -> tuple[list[Whole], Ledger]:
    ledger = Ledger()
    return list(evtx_native.records(io.BytesIO(raw), sieve, Tally(), ledger)), ledger


def of_seven(raw: bytes) -> list[Whole]:
    """Return the records of 7 among all that are read whole."""
    return [each for each in read(raw, Sieve())[0] if each.root.value("System/EventID") == str(EVENT.id)]


def test_chosen_records_are_those_of_a_whole_reading(log: Path) -> None:
    found, ledger = read(log.read_bytes(), SIEVE)

    assert [each.record for each in found] == [1, 101, 201, 301, 401]
    assert found == of_seven(log.read_bytes())
    assert (ledger.seen, ledger.ignored, ledger.skips) == (500, 495, [])


def test_where_most_records_are_chosen_they_are_the_same(log: Path) -> None:
    most = Held(column="event_id", is_so=lambda text: text == str(OTHER.id))

    found, ledger = read(log.read_bytes(), Sieve(holds=most))

    assert found == [each for each in read(log.read_bytes(), Sieve())[0] if (each.record or 0) % 100 != 1]
    assert (len(found), ledger.ignored) == (495, 5)


@pytest.mark.parametrize("lost", [100, HEADER, HEADER + 1, HEADER + CHUNK - 3], ids=str)
def test_chunks_that_have_moved_are_found(log: Path, lost: int) -> None:
    raw = log.read_bytes()[lost:]

    found, _ = read(raw, SIEVE)

    assert found
    assert found == of_seven(raw)


def test_a_chunk_that_has_lost_its_magic_is_read_in_the_whole_log(log: Path) -> None:
    raw = bytearray(log.read_bytes())
    raw[HEADER + CHUNK : HEADER + CHUNK + 8] = bytes(8)

    found, _ = read(bytes(raw), SIEVE)

    assert len(found) == 5
    assert found == of_seven(bytes(raw))


def test_a_field_is_chosen_by_any_of_several_of_one_name(tmp_path: Path) -> None:
    twice = replace(OTHER, fields=(("Text", "text"), ("Text", "text")))
    raw = write(tmp_path / "log.evtx", record(twice, ("one", "two"))).read_bytes()

    assert len(read(raw, Sieve(holds=Held(column=FIELDS, name="Text", text="two", is_so=bool)))[0]) == 1
    assert not read(raw, Sieve(holds=Held(column=FIELDS, name="Text", text="three", is_so=bool)))[0]
    assert not read(raw, Sieve(holds=Held(column=FIELDS, name="text", text="two", is_so=bool)))[0]


@pytest.mark.skipif(not recordings(), reason="the shared recordings are not beside this repository")
def test_of_real_logs_damaged_ones_too_errors_and_warnings_are_the_same() -> None:
    warnings = Held(column="level", is_so=lambda text: text in {"1", "2", "3"})
    for file in discover(recordings()):
        for member in members(file):
            assert member.stream is not None
            chosen = list(evtx_native.records(member.stream, Sieve(holds=warnings), Tally(), Ledger()))
            every = evtx_native.records(member.stream, Sieve(events=None), Tally(), Ledger())
            assert chosen == [each for each in every if each.root.value("System/Level") in {"1", "2", "3"}]
