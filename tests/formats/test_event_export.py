from __future__ import annotations

import io
import json
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackway.errors import EvidenceError
from trackway.evidence.containers import Member, members
from trackway.evidence.discover import discover
from trackway.formats import KINDS, pieces, read
from trackway.formats.rows import Ledger

from .exports import SHAPES, Written, evtx_dump, lines, nxlog, read_all

RECORD = lines(nxlog(Written()))
EVENT = nxlog(Written())


def line_numbers(content: bytes) -> list[int]:
    return [row["line"] for row in read_all(content).only]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_encoding_and_line_ending_is_read(encoding, ending):
    text = ending.join([json.dumps(EVENT), "", json.dumps(EVENT | {"QueryName": "übung.example"}), ""])
    content = text.encode(encoding)
    found = read_all(b"\xfe\xff" + content if encoding == "utf-16-be" else content)
    assert [(row["line"], row["QueryName"]) for row in found.only] == [(1, "perdu.com"), (3, "übung.example")]
    assert found.ledger.note is None


def test_a_blank_line_counts_as_a_line_and_not_as_a_record():
    content = b"\n \r\n" + RECORD + b"\n\n" + RECORD
    assert line_numbers(content) == [3, 6]
    assert read_all(content).ledger.seen == 2


def test_only_a_line_feed_ends_a_line():
    record = RECORD.replace(b"perdu.com", "a\u2028b\u2029c\x85d".encode())
    assert line_numbers(record + record) == [1, 2]


@pytest.mark.parametrize("indent", [None, 0, 2, "\t"])
@pytest.mark.parametrize("before", ["", "\n\n", "\ufeff"])
def test_an_element_of_an_array_is_found_at_the_line_where_it_starts(indent, before):
    text = before + json.dumps([EVENT, {"x": [1, ["]}"]]} | EVENT, EVENT], indent=indent)
    starts = [
        number
        for number, line in enumerate(text.split("\n"), start=1)
        if line.removeprefix("\ufeff") in ("{", "  {", "\t{")
    ]
    assert line_numbers(text.encode()) == (starts or [1 + before.count("\n")] * 3)


def test_objects_printed_one_after_the_other_are_read():
    text = "\n".join(json.dumps(EVENT, indent=4) for _ in range(3))
    height = len(json.dumps(EVENT, indent=4).split("\n"))
    assert line_numbers(text.encode()) == [1, 1 + height, 1 + 2 * height]


def test_brackets_and_quotes_inside_strings_do_not_end_an_element():
    nasty = EVENT | {"QueryName": '"}],[{\\" \\\\', "QueryResults": "\\"}
    found = read_all(json.dumps([nasty, EVENT]).encode())
    assert [row["QueryName"] for row in found.only] == [nasty["QueryName"], "perdu.com"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_where_a_block_ends_does_not_matter(monkeypatch, size):
    monkeypatch.setattr(pieces, "HEAD", 16 + size)
    monkeypatch.setattr(pieces, "_BLOCK", size)
    nasty = EVENT | {"QueryName": '"}],[{\\" \\\\ü', "QueryResults": "\\"}
    for text in (json.dumps([nasty, EVENT], indent=1), json.dumps([nasty, EVENT])):
        for encoding in ("utf-8", "utf-16"):
            found = read_all(text.encode(encoding))
            assert [row["QueryName"] for row in found.only] == [nasty["QueryName"], "perdu.com"]
    assert len(read_all(lines(nasty, EVENT)).only) == 2


@settings(max_examples=100, deadline=None)
@given(st.lists(st.recursive(st.text(), lambda inner: st.dictionaries(st.text(), inner) | st.lists(inner))))
def test_elements_are_cut_as_json_means_them(values):
    elements = [{"n": number, "v": value} for number, value in enumerate(values)]
    for text in (json.dumps(elements, indent=1), json.dumps(elements, ensure_ascii=False)):
        cut = list(pieces.pieces(io.BytesIO(text.encode("utf-8", "surrogatepass"))))
        assert [json.loads(raw) for _, raw, _ in cut] == elements


def test_half_a_line_at_the_end_is_a_skip():
    found = read_all(RECORD + RECORD[:100])
    assert len(found.only) == 1
    assert found.skips[0][0] == 2
    assert "not JSON" in found.skips[0][1]


def test_half_a_line_in_the_middle_or_at_the_start_costs_only_itself():
    found = read_all(RECORD[50:] + RECORD + RECORD[:80] + b"\n" + RECORD)
    assert [row["line"] for row in found.only] == [2, 4]
    assert [line for line, _ in found.skips] == [1, 3]


def test_half_an_element_at_the_end_of_an_array_is_a_skip():
    text = json.dumps([EVENT, EVENT], indent=1)
    found = read_all(text[:-40].encode())
    assert len(found.only) == 1
    assert len(found.skips) == 1


def test_an_element_that_swallows_the_next_ones_gives_them_back():
    elements = [json.dumps(EVENT | {"RecordNumber": number}) for number in range(6)]
    elements[1] = elements[1].replace('perdu.com"', "perdu.com")  # its end is missing
    found = read_all(("[\n" + ",\n".join(elements) + "\n]\n").encode())
    assert {row["record"] for row in found.only} >= {0, 2, 3, 4}
    assert all(row["line"] == row["record"] + 2 for row in found.only)
    assert found.skips


def test_something_else_in_an_array_is_a_skip():
    text = f'[{json.dumps(EVENT)},\n 5, \n{json.dumps(EVENT)}, "x"]'
    found = read_all(text.encode())
    assert [row["line"] for row in found.only] == [1, 3]
    assert found.skips == [(2, "not a JSON object"), (3, "not a JSON object")]


@pytest.mark.parametrize("value", [b"5", b'"text"', b"null", b"{}"])
def test_a_line_that_is_no_event_is_a_skip_where_the_file_holds_events(value):
    found = read_all(value + b"\n" + RECORD + value + b"\n")
    assert found.skips == [(1, "JSON, but not an event record"), (3, "JSON, but not an event record")]
    assert found.ledger.note is None


def test_a_file_without_any_event_says_so_and_counts_them_all_as_ignored():
    found = read_all(b'{"Name":"a"}\n' * 5)
    assert (found.ledger.seen, found.ledger.ignored, found.skips) == (5, 5, [])
    assert found.ledger.note == "JSON, but no event records"


def test_a_broken_line_is_a_skip_also_where_there_is_no_event():
    found = read_all(b'{"Name":"a"}\n{"Na')
    assert (found.ledger.ignored, len(found.skips)) == (1, 1)


def test_invalid_utf8_is_replaced_and_the_record_is_kept_and_counted():
    bad = RECORD.replace(b"perdu.com", b"perdu\xff\xc3.com")
    found = read_all(RECORD + bad + bad)
    assert [row["QueryName"] for row in found.only] == [
        "perdu.com",
        "perdu\ufffd\ufffd.com",
        "perdu\ufffd\ufffd.com",
    ]
    assert found.ledger.note == "2 records with bytes that are no UTF-8, replaced by U+FFFD"


def test_a_replacement_character_that_was_there_is_not_counted():
    assert read_all(RECORD.replace(b"perdu", "\ufffd".encode()) + b"x").ledger.note is None


def test_half_a_character_of_utf16_costs_one_record():
    content = (json.dumps(EVENT) + "\n").encode("utf-16-le")
    found = read_all(content + content[:-3])
    assert (len(found.only), len(found.skips)) == (1, 1)


def test_a_lone_surrogate_in_utf16_does_not_stop_the_file():
    content = (json.dumps(EVENT) + "\n").encode("utf-16-le")
    bad = content.replace("perdu".encode("utf-16-le"), "per".encode("utf-16-le") + b"\x00\xd8")
    assert [row["QueryName"] for row in read_all(bad + content).only][1] == "perdu.com"
    assert "\ufffd" in read_all(bad + content).only[0]["QueryName"]


def test_nul_bytes_around_and_in_a_record_do_not_lose_it():
    inside = RECORD.replace(b"perdu", b"per\0du")
    found = read_all(bytes(10) + RECORD + bytes(3) + RECORD + inside)
    assert [row["QueryName"] for row in found.only] == ["perdu.com", "perdu.com", "per\0du.com"]


def test_a_tail_of_nul_bytes_is_one_skip():
    found = read_all(RECORD + bytes(100_000))
    assert found.skips == [(2, "NUL bytes only")]


def test_a_line_with_a_comma_behind_it_is_read():
    assert line_numbers(RECORD[:-1] + b",\n" + RECORD) == [1, 2]


def test_a_byte_order_mark_in_the_middle_is_passed():
    assert line_numbers(RECORD + b"\xef\xbb\xbf" + RECORD) == [1, 2]


def test_json_nested_too_deeply_is_a_skip():
    found = read_all(RECORD + b'{"a":' * 100_000 + b"\n" + b"[" * 100_000 + b"\n" + RECORD)
    assert len(found.only) == 2
    assert [line for line, _ in found.skips] == [2, 3]


class Endless(io.RawIOBase):
    """A text of one enormous record between two small ones, never held as a whole."""

    def __init__(self, *parts: tuple[bytes, int]) -> None:
        self._parts = self._blocks(parts)
        self._rest = b""

    @staticmethod
    def _blocks(parts: tuple[tuple[bytes, int], ...]) -> Iterator[bytes]:
        for part, times in parts:
            for _ in range(times):
                yield part

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size and (block := next(self._parts, b"")):
            self._rest += block
        found, self._rest = self._rest[:size], self._rest[size:]
        return found


X = b"x" * 1_000_000


@pytest.mark.parametrize(
    ("before", "after"), [(b"", b""), (b"[", b"]"), (b"[\n", b"\n]")], ids=["lines", "array", "array by line"]
)
def test_a_line_of_100_mb_is_measured_and_passed_over(before, after):
    tail = b'"}' if before else b'"}\n'
    comma = b"," if before else b""
    stream = Endless(
        (before + RECORD.strip() + comma + b"\n", 1),
        (b'{"EventID":3008,"x":"', 1),
        (X, 100),
        (tail + comma, 1),
        (RECORD.strip() + after, 1),
    )
    found = read_all(stream)  # type: ignore[arg-type]
    assert len(found.only) == 2
    (skip,) = found.ledger.skips
    assert skip.line == found.only[0]["line"] + 1
    assert f"{100_000_023:,} bytes" in skip.reason
    assert "longer than 67,108,864" in skip.reason


def test_a_gigabyte_without_a_line_end_is_not_held():
    import tracemalloc

    stream = Endless((RECORD, 1), (bytes(1_000_000), 300))
    tracemalloc.start()
    found = read_all(stream)  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.skips == [(2, "a record of 300,000,000 bytes is longer than 67,108,864")]
    assert peak < 200_000_000


def test_many_rows_come_in_several_batches_of_one_schema():
    count = 40_000
    member = Member(name="x", kind="json", size=0, sha256="", stream=io.BytesIO(RECORD * count))
    ledger = Ledger()
    sizes = [rows.batch.num_rows for rows in read(member, SHAPES, ledger)]
    assert (sum(sizes), ledger.seen, ledger.ignored) == (count, count, 0)
    assert len(sizes) > 2
    assert max(sizes) <= 16_384


def test_large_records_come_in_small_batches():
    record = RECORD.replace(b"perdu", b"p" * 3_000_000)
    member = Member(name="x", kind="json", size=0, sha256="", stream=io.BytesIO(record * 60))
    assert len(list(read(member, SHAPES, Ledger()))) > 2


def test_a_file_of_rubbish_lets_the_caller_put_the_skips_away():
    member = Member(
        name="x", kind="json", size=0, sha256="", stream=io.BytesIO(RECORD + b"rubbish\n" * 50_000)
    )
    ledger, skipped = Ledger(), 0
    for rows in read(member, SHAPES, ledger):
        assert rows.batch.schema.equals(rows.shape.schema())
        assert len(ledger.skips) <= 10_000
        skipped += len(ledger.skips)
        ledger.skips.clear()
    assert skipped + len(ledger.skips) == 50_000


def test_a_kind_that_nobody_reads_is_refused():
    assert "zip" not in KINDS
    with pytest.raises(EvidenceError, match="no reader for a file of kind zip"):
        read(Member(name="x", kind="zip", size=0, sha256="", stream=io.BytesIO()), SHAPES, Ledger())


def test_a_name_says_nothing_about_the_content(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "holiday.jpg").write_bytes(RECORD)
    (file,) = discover([tmp_path / "logs"])
    for member in members(file):
        assert [rows.batch.num_rows for rows in read(member, SHAPES, Ledger())] == [1]


def test_forms_can_be_mixed_in_one_file_of_several_hosts():
    other = replace(Written(), computer="DC1")
    found = read_all(lines(nxlog(Written()), evtx_dump(other)))
    assert [row["computer"] for row in found.only] == ["WS7.example.org", "DC1"]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damage_anywhere_never_raises_and_loses_no_record_without_a_word(data):
    content = bytearray(data.draw(st.sampled_from([RECORD * 4, json.dumps([EVENT] * 3, indent=1).encode()])))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    read_all(bytes(content[: data.draw(st.integers(0, len(content)))]))


def test_the_same_text_gives_the_same_batches_every_time():
    records = [nxlog(replace(Written(), record=number, event_id=3006 + number % 3)) for number in range(2000)]
    random.Random(7).shuffle(records)  # noqa: S311  an order, not a secret
    first, second = read_all(lines(*records)), read_all(lines(*records))
    assert first == second
    assert os.linesep


def test_what_is_read_lies_in_memory_only_a_batch_at_a_time(tmp_path: Path):
    path = tmp_path / "x.json"
    path.write_bytes(RECORD * 20_000)
    (file,) = discover([path])
    for member in members(file):
        stream = read(member, SHAPES, Ledger())
        next(stream)
        assert member.stream is not None
        assert member.stream.tell() < member.size
