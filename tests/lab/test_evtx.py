"""The EVTX writer: what it writes is read alike by readers that nobody here wrote."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import evtx
import pytest

from tests.lab.records import (
    EVERY_TYPE,
    T0,
    by_evtx,
    by_python_evtx,
    data_of,
    left_by_evtx,
    left_by_python_evtx,
    left_by_trackway,
    record,
    small,
)
from trackway.lab.witness.powershell import ENGINE
from trackway.lab.write.evtx import EvtxFile, corrupt, cut, dirty

CHUNK, HEADER = 65536, 4096


def write(path: Path, *records: object, limit: int | None = None) -> EvtxFile:
    log = EvtxFile(path, "WS7.example.org", limit)
    with closing(log):
        for number, found in enumerate(records, start=1):
            log.write(number, found)  # type: ignore[arg-type]
    return log


def texts(path: Path) -> list[str]:
    return [event["EventData"]["Text"] for event in by_evtx(path)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.evtx"


def test_every_type_of_value_is_read_back(path: Path) -> None:
    write(path, record())
    (event,) = by_evtx(path)
    assert event["EventData"] == {
        "Text": "naïve ☃ 𐐷 <&>",
        "A": 255,
        "B": 65535,
        "C": 2**32 - 1,
        "D": 2**64 - 1,
        "E": "0xabc",
        "F": "0xdef",
        "G": "0x1f4",
        "H": "03020100-0504-0706-0809-0A0B0C0D0E0F",
        "I": "S-1-5-21-3500184411-1200845513-2817650123-1107",
        "J": True,
        "K": "2021-11-27T03:17:39.123456Z",
        "L": None if event["EventData"]["L"] is None else "",
    }


def test_the_header_of_a_record_is_read_back(path: Path) -> None:
    write(path, record(activity=bytes(range(16, 32))))
    (event,) = by_evtx(path)
    system = event["System"]
    assert system["Provider"]["#attributes"] == {
        "Name": "Microsoft-Windows-Sysmon",
        "Guid": "03020100-0504-0706-0809-0A0B0C0D0E0F",
    }
    assert (system["EventID"], system["Version"], system["EventRecordID"]) == (3, 5, 1)
    assert system["TimeCreated"]["#attributes"]["SystemTime"] == "2021-11-27T03:17:39.123456Z"
    assert system["Execution"]["#attributes"] == {"ProcessID": 4, "ThreadID": 1108}
    assert system["Correlation"]["#attributes"] == {"ActivityID": "13121110-1514-1716-1819-1A1B1C1D1E1F"}
    assert (system["Channel"], system["Computer"]) == (EVERY_TYPE.channel, "WS7.example.org")
    assert system["Security"]["#attributes"] == {"UserID": "S-1-5-18"}


def test_a_value_that_is_not_there_has_no_attribute(path: Path) -> None:
    write(path, record(user=None))
    (event,) = by_evtx(path)
    assert "#attributes" not in (event["System"]["Security"] or {})


def test_a_classic_record_keeps_its_strings_as_an_array(path: Path) -> None:
    write(path, record(ENGINE, ("Available", "None", "HostApplication=powershell.exe")))
    (event,) = by_evtx(path)
    assert event["EventData"]["Data"]["#text"] == ["Available", "None", "HostApplication=powershell.exe"]
    assert event["System"]["EventID"] == {"#attributes": {"Qualifiers": 0}, "#text": 400}


def test_two_readers_agree_on_every_record_of_several_chunks(path: Path) -> None:
    write(path, *(small(f"{number} " + "x" * (number % 97 * 9)) for number in range(400)))
    assert path.stat().st_size > HEADER + 5 * CHUNK
    other = [data_of(xml) for xml in by_python_evtx(path)]
    assert [[("Text", text)] for text in texts(path)] == other
    assert texts(path) == [f"{number} " + "x" * (number % 97 * 9) for number in range(400)]


def test_a_template_that_comes_with_the_record_that_does_not_fit_is_told_in_the_next_chunk(
    path: Path,
) -> None:
    fill = [small("x" * 15000), small("y" * 15000), record(), small("z" * 15000), record()]
    write(path, *fill)
    assert len(by_evtx(path)) == len(by_python_evtx(path)) == 5


@pytest.mark.parametrize("texts_of_one", [("x" * 33000,), ("x" * 17000, "y" * 17000)])
def test_a_record_larger_than_a_chunk_is_refused(path: Path, texts_of_one: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="larger than a"):
        write(path, record(ENGINE if len(texts_of_one) > 1 else small().event, texts_of_one))


def test_the_largest_record_that_fits_is_written(path: Path) -> None:
    write(path, small("x" * 31000), small("after"))
    assert [len(text) for text in texts(path)] == [31000, 5]


def test_a_full_log_forgets_its_oldest_chunk(path: Path) -> None:
    log = write(path, *(small(f"{number:05d}" * 20) for number in range(2000)), limit=HEADER + 2 * CHUNK)
    numbers = [event["System"]["EventRecordID"] for event in by_evtx(path)]
    assert path.stat().st_size == HEADER + 2 * CHUNK
    assert log.oldest == min(numbers) > 1
    assert sorted(numbers) == list(range(min(numbers), 2001))
    first, last = struct.unpack_from("<QQ", path.read_bytes(), 8)
    assert {first, last} == {0, 1}


def test_the_same_records_give_the_same_bytes(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.evtx"
    write(path, record(), small())
    write(other, record(), small())
    assert path.read_bytes() == other.read_bytes()


def test_an_empty_log_has_a_header_only(path: Path) -> None:
    write(path)
    assert path.stat().st_size == HEADER
    assert by_evtx(path) == []


def test_a_dirty_log_says_so_and_keeps_its_records(path: Path) -> None:
    write(path, *(small(str(number)) for number in range(1500)))
    dirty(path)
    header = path.read_bytes()[:128]
    assert struct.unpack_from("<I", header, 120)[0] == 1
    assert struct.unpack_from("<I", header, 124)[0] == zlib.crc32(header[:120])
    assert len(by_evtx(path)) == 1500


def test_a_log_that_is_cut_off_keeps_the_chunks_before(path: Path) -> None:
    write(path, *(small(str(number)) for number in range(1500)))
    cut(path, HEADER + CHUNK + 30_000)
    whole = [row for row in evtx.PyEvtxParser(str(path)).records() if isinstance(row, dict)]
    assert 0 < len(whole) < 1500


@pytest.mark.parametrize("damage", ["magic", "checksum", "record"])
def test_damage_hits_one_chunk_only(path: Path, damage: str) -> None:
    write(path, *(small(str(number)) for number in range(1500)))
    before = path.read_bytes()
    corrupt(path, 1, damage)  # type: ignore[arg-type]
    after = path.read_bytes()
    changed = {place // CHUNK for place in range(len(before)) if before[place] != after[place]}
    assert changed == {1}
    assert before[: HEADER + CHUNK] == after[: HEADER + CHUNK]


HARM = {
    "none": lambda _: None,
    "dirty": dirty,
    "cut": lambda path: cut(path, HEADER + 2 * CHUNK + 30_000),
    "magic": lambda path: corrupt(path, 1, "magic"),
    "checksum": lambda path: corrupt(path, 1, "checksum"),
    "record": lambda path: corrupt(path, 1, "record"),
}
"""What happens to a log of four chunks; only the second or the third is hit."""


@pytest.mark.parametrize("harm", HARM)
@pytest.mark.parametrize("read", [left_by_trackway, left_by_evtx, left_by_python_evtx])
def test_three_readers_agree_on_every_record_that_damage_has_left(
    path: Path, harm: str, read: Callable[[Path], dict[int, str]]
) -> None:
    write(path, *(small(f"{number} " + "x" * 60) for number in range(1, 601)))
    content = path.read_bytes()
    spans = [struct.unpack_from("<QQ", content, place + 8) for place in range(HEADER, len(content), CHUNK)]
    assert len(spans) == 4
    HARM[harm](path)
    hit = {"none": (), "dirty": (), "cut": (2, 3)}.get(harm, (1,))
    whole = {
        number
        for chunk, (first, last) in enumerate(spans)
        if chunk not in hit
        for number in range(first, last + 1)
    }
    found = read(path)
    assert whole <= found.keys()
    expected = {number: f"{number} " + "x" * 60 for number in range(1, 601)}
    assert {number: found[number] for number in whole} == {number: expected[number] for number in whole}
    # of the record at a cut Trackway gives what is left, and says that the checksum is not right
    assert all(expected[number].startswith(text) for number, text in found.items())


def test_times_before_and_after_this_century_are_kept(path: Path) -> None:
    write(path, record(time=T0 - 40 * 365 * 86_400_000_000), record(time=T0 + 40 * 365 * 86_400_000_000))
    times = [event["System"]["TimeCreated"]["#attributes"]["SystemTime"][:4] for event in by_evtx(path)]
    assert times == ["1981", "2061"]
