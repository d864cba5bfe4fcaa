"""Where a record of a delimited text begins and ends: lines, unless quotation marks hold them together.

Source: RFC 4180. A quotation mark that is missing would swallow the rest of the file; a record ends at
`LONGEST` bytes at the latest, and what it swallowed is looked for again (see `event_table`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from trackway.formats.pieces import Piece

LONGEST: Final = 4 << 20
"""Bytes of one record; an event ends at 64 KiB, and as JSON in quotation marks stays below 1 MiB."""


def records(blocks: Iterable[bytes], line: int = 1) -> Iterator[Piece]:
    """Yield every record of a text in UTF-8, blank lines left out; `line` is that of its start."""
    open_record: list[bytes] = []
    size, start = 0, line
    for number, raw in enumerate(_lines(blocks), start=line):
        if not open_record:
            start = number
        marks = raw.count(b'"') % 2
        if not open_record and not marks:
            if not raw.isspace():
                yield start, raw, None
            continue
        open_record.append(raw)
        size += len(raw)
        if (marks and len(open_record) > 1) or size > LONGEST:
            yield start, b"".join(open_record), None
            open_record.clear()
            size = 0
    if open_record:
        yield start, b"".join(open_record), None


def _lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines with their ends; what is longer than a record may be comes in parts."""
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            yield line + b"\n"
        if len(rest) > LONGEST:
            yield rest
            rest = b""
    if rest:
        yield rest
