"""Following evidence that grows: everything that is added is shown once, and only that is read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from tests.reader.logs import OTHER, record, write
from trackway import cli
from trackway.evidence.containers import Member
from trackway.formats.rows import Skip
from trackway.formats.whole import Sieve
from trackway.logs import follow as following
from trackway.logs.evidence import Account, Found
from trackway.logs.follow import follow
from trackway.logs.growth import Growth
from trackway.present.logs.query import _unread_since
from trackway.present.streams import Manner

from .events import export, line

Looks = Iterator[list[Found]]


def looks(folder: Path) -> Looks:
    return follow([folder], Sieve(), lambda _file, _whole: True, Account(), pause=lambda: None)


def numbers(found: list[Found]) -> list[int | None]:
    return [each.whole.record for each in found]


def lines(first: int, last: int) -> list[dict[str, Any]]:
    return [line(record=number, time=f"2021-11-27T03:00:{number:02}Z") for number in range(first, last + 1)]


def test_lines_that_are_added_keep_their_place(tmp_path: Path) -> None:
    path, look = tmp_path / "a.json", looks(tmp_path)
    export(path, *lines(1, 3))
    assert numbers(next(look)) == [1, 2, 3]

    export(path, *lines(1, 5))

    assert [(each.whole.record, each.whole.line) for each in next(look)] == [(4, 4), (5, 5)]
    assert next(look) == []


def test_every_byte_that_a_file_grows_by_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    path, look = tmp_path / "a.json", looks(tmp_path)
    raw = export(path, *lines(1, 4)).read_bytes()
    shown: list[int | None] = []
    for end in range(10, len(raw) + 1, 97):
        path.write_bytes(raw[:end])
        shown += numbers(next(look))
    path.write_bytes(raw)

    assert shown + numbers(next(look)) == [1, 2, 3, 4]


def test_another_file_of_the_same_name_is_read_from_its_start(tmp_path: Path) -> None:
    path, look = tmp_path / "a.json", looks(tmp_path)
    export(path, *lines(1, 3))
    next(look)

    export(path, *lines(7, 9))

    assert numbers(next(look)) == [7, 8, 9]


@pytest.mark.parametrize("counts", [(1, 2, 3), (1, 200, 300, 301), (400, 401)], ids=str)
def test_records_that_are_added_to_a_log_are_shown_once(tmp_path: Path, counts: tuple[int, ...]) -> None:
    path, look = tmp_path / "a.evtx", looks(tmp_path)
    shown: list[int | None] = []
    for count in counts:
        found = [record(OTHER, ("x" * 200,), time=number * 1_000_000) for number in range(count)]
        write(path, *found)
        shown += numbers(next(look))

    assert shown == list(range(1, counts[-1] + 1))


def test_no_more_is_remembered_than_may_be_read_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST_KNOWN", 2)
    path, look = tmp_path / "a.json", looks(tmp_path)
    shown: list[int | None] = []
    for last in range(1, 9):
        export(path, *lines(1, last))
        shown += numbers(next(look))

    assert shown == list(range(1, 9))


class Counted(io.BytesIO):
    """Content that counts how much of it was read."""

    count = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self.count += len(found)
        return found


def member(kind: str, stream: IO[bytes]) -> Member:
    return Member(name="a", kind=kind, size=0, sha256=None, stream=stream)


def test_of_a_log_that_grew_only_the_chunks_that_did_are_read(tmp_path: Path) -> None:
    growth = Growth()
    found = [record(OTHER, ("x" * 2000,), time=number * 1_000_000) for number in range(800)]
    growth.part(member("evtx", io.BytesIO(write(tmp_path / "a", *found[:797]).read_bytes())))
    raw = write(tmp_path / "a", *found).read_bytes()
    stream = Counted(raw)

    part = growth.part(member("evtx", stream))

    assert part
    assert len(part.stream.read()) <= 4096 + 2 * 65536 < len(raw) / 20
    assert stream.count < len(raw) / 4
    assert growth.part(member("evtx", io.BytesIO(raw))) is None


def test_of_lines_only_those_that_were_added_are_read(tmp_path: Path) -> None:
    growth = Growth()
    growth.part(member("json", io.BytesIO(export(tmp_path / "a", *lines(1, 9)).read_bytes())))
    raw = export(tmp_path / "a", *lines(1, 10)).read_bytes()

    part = growth.part(member("json", io.BytesIO(raw)))

    assert part
    assert (part.lines, part.stream.read()) == (9, raw.splitlines(keepends=True)[9])


def test_what_cannot_be_read_while_following_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account, said = Account(), set[object]()
    for reasons in (["no JSON"], ["no JSON", "no event"], ["no JSON"]):
        account.skips = [("log.json", Skip(place, None, reason)) for place, reason in enumerate(reasons)]
        account.damaged = {"log.evtx": f"truncated at {len(reasons)}"}
        _unread_since(account, said, Manner())
    told = capsys.readouterr().err
    assert [told.count(words) for words in ("no JSON", "no event", "log.evtx")] == [1, 1, 1]


def test_following_ends_with_the_code_for_a_part_where_something_could_not_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = export(tmp_path / "log.json", *lines(1, 2))
    log.write_text("{broken\n" + log.read_text(encoding="utf-8"), encoding="utf-8")
    assert cli.main(["query", str(log), "--follow", "--limit", "2", "--format", "jsonl"]) == 4
    assert "1 records could not be read" in capsys.readouterr().err
