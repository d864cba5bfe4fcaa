"""Raw records, read again from the evidence a story cites, as long as it is still there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypedDict

from trackway.errors import EvidenceError
from trackway.evidence.containers import Member, members
from trackway.evidence.discover import discover
from trackway.formats.rows import Ledger
from trackway.formats.whole import Element, Sieve, Tally, is_readable, numbered, whole
from trackway.formats.whole.tree import written

MOST: Final = 60
LONGEST: Final = 100_000
"""Most records at once, and most letters of one."""


_BLOCK: Final = 1 << 20
Place = tuple[int | None, int | None, Element | bytes]
"""Line, number of the record, and the event or the line that stands there."""


class Raw(TypedDict):
    """One record as it stands: XML of an event, the line of a text file; null where it was not found.

    `message` is what an event says in a sentence, null where nobody knows.
    """

    source: str
    file: str
    line: int | None
    record: int | None
    text: str | None
    message: str | None


def raw(
    paths: Sequence[Path],
    cited: Iterable[dict[str, Any]],
    sizes: Mapping[str, int],
    messages: Callable[[Element], str | None],
) -> list[Raw]:
    """Return the records of citations, in their order.

    Args:
        paths: the evidence, or folders that hold it.
        cited: citations of the case: file, line, record.
        sizes: bytes of the case's evidence files; another file of the same name is left alone.
        messages: what an event says.
    """
    asked: list[Raw] = [
        {
            "source": row["source"],
            "file": row["file"],
            "line": row["line"],
            "record": row["record"],
            "text": None,
            "message": None,
        }
        for row in islice(cited, MOST)
    ]
    wanted: dict[str, list[Raw]] = {}
    for row in asked:
        wanted.setdefault(row["file"], []).append(row)
    for member in _members(paths, wanted, sizes):
        _fill(member, wanted[member.name], messages)
    return asked


def _members(
    paths: Sequence[Path], wanted: Mapping[str, list[Raw]], sizes: Mapping[str, int]
) -> Iterator[Member]:
    """Yield the members that are cited; a file that holds none of them is not opened."""
    tops = {(Path(top).name, sizes.get(top)): top for top in sorted({name.split("!")[0] for name in wanted})}
    try:
        found = discover(list(paths)) if paths else []
    except EvidenceError:
        return
    for file in found:
        top = tops.pop((file.path.name, file.size), None)
        if top is not None:
            cited = members(replace(file, name=top), hashed=False)
            yield from (member for member in cited if member.name in wanted and member.stream)


def _fill(member: Member, wanted: list[Raw], messages: Callable[[Element], str | None]) -> None:
    """Put the text into each citation of one member, and stop as soon as all have theirs."""
    missing = {(row["line"], None if row["line"] is not None else row["record"]): row for row in wanted}
    records: Iterator[Place] = _events(member, wanted) if is_readable(member.kind) else _lines(member, wanted)
    for line, record, found in records:
        row = missing.pop((line, None), None) or missing.pop((None, record), None)
        if row:
            row["text"], row["message"] = _shown(found, messages)
        if not missing:
            return


def _shown(
    found: Element | bytes, messages: Callable[[Element], str | None]
) -> tuple[str | None, str | None]:
    if isinstance(found, bytes):
        return found.decode("utf-8", "replace").rstrip("\r\n")[:LONGEST], None
    message = messages(found)
    return written(found)[:LONGEST], message[:LONGEST] if message else None


def _sieve(wanted: Iterable[Raw]) -> Sieve:
    """Let through the events that are cited: a source of events ends in the event's number."""
    numbers = [row["source"].rpartition("_")[2] for row in wanted]
    return Sieve(events=frozenset(map(int, numbers))) if all(map(str.isdecimal, numbers)) else Sieve()


def _events(member: Member, wanted: Sequence[Raw]) -> Iterator[Place]:
    """Yield events until all are found: where the heads of a log say they stand, then all of it from its beginning."""
    sieve, stream = _sieve(wanted), member.stream
    if member.kind == "evtx" and stream is not None:
        numbers = {row["record"] for row in wanted if row["record"] is not None}
        yield from ((None, found.record, found.root) for found in numbered(stream, numbers, sieve))
        stream.seek(0)
    ledger = Ledger()
    for found in whole(member, sieve, Tally(), ledger):
        ledger.skips.clear()
        yield found.line, found.record, found.root


def _lines(member: Member, wanted: Iterable[Raw]) -> Iterator[Place]:
    """Yield the lines that are cited; what lies between them is only counted."""
    stream, number = member.stream, 1
    for target in sorted({row["line"] for row in wanted if row["line"] is not None}):
        while stream is not None and number < target:
            block = stream.read(_BLOCK)
            if not block:
                return
            breaks = block.count(b"\n")
            if number + breaks >= target:
                stream.seek(_behind(block, target - number) - len(block), os.SEEK_CUR)
            number = min(number + breaks, target)
        line = stream.readline(4 * LONGEST) if stream else b""
        if not line:
            return
        yield target, None, line
        number += line.endswith(b"\n")


def _behind(block: bytes, breaks: int) -> int:
    """Return the place behind so many ends of a line."""
    place = 0
    for _ in range(breaks):
        place = block.index(b"\n", place) + 1
    return place
