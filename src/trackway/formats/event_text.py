"""Events printed for people: `wevtutil qe /f:text` and `/f:renderedtext`, Splunk's raw files of Windows events.

Neither tells more than the message, and its labels are translated: what stands where is told by its place.
wevtutil prints twelve lines, the last of which begins the message. Sources: Microsoft, "wevtutil" (qe);
printed texts of Windows 10, 11 and Server 2016; Splunk, "Monitor Windows event log data"; read 2026-11.

Who can write a line into a value could imitate the head of a record; the note of the file says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile
from typing import IO, Any, Final

from trackway.evidence.kinds import EVENT_HEAD
from trackway.formats.json_text import Unparsable
from trackway.formats.pieces import Piece, blocks_of
from trackway.formats.reading import Language, Reading
from trackway.formats.rows import Ledger, RowStream, Shape

NOTE: Final = "printed events: a value with line breaks could imitate a record"
LONGEST: Final = 4 << 20
"""Bytes of one record; an event ends at 64 KiB, and its message beyond it is the description of its fields."""

_HEAD: Final = re.compile(EVENT_HEAD.pattern.encode(), re.MULTILINE)
_LINE: Final = re.compile(r"^ {2}[^\s:][^:\n]*: ?(.*?)\s*")
_PLACES: Final = (
    "LogName",
    "ProviderName",
    "TimeCreated",
    "Id",
    "",
    "",
    "",
    "",
    "UserId",
    "",
    "MachineName",
    "",
)
"""What the first lines say, as .NET's EventLogRecord calls it: `Log Name`, `Source`, `Date`, `Event ID`, …"""


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the rows of printed events; see `formats.read`."""
    ledger.note = NOTE
    return Reading(_TEXT, shapes, ledger).rows(_pieces(stream))


def _pieces(stream: IO[bytes]) -> Iterator[Piece]:
    """Yield the text from each head to the next one, and what stands above the first where it says anything."""
    line, waiting = 1, b""
    for block in blocks_of(stream):
        waiting += block
        starts = [0, *(found.start() for found in _HEAD.finditer(waiting, 1))]
        if len(starts) == 1 and len(waiting) > LONGEST:
            starts.append(len(waiting))
        for start, end in pairwise(starts):
            yield from _piece(line, waiting[start:end])
            line += waiting.count(b"\n", start, end)
        waiting = waiting[starts[-1] :]
    yield from _piece(line, waiting)


def _piece(line: int, raw: bytes) -> Iterator[Piece]:
    if len(raw) > LONGEST:
        yield line, b"", f"a record of {len(raw):,} bytes is longer than {LONGEST:,}"
    elif raw and not raw.isspace():
        yield line, raw, None


def _parsed(raw: bytes) -> tuple[Any, bool]:
    """Return an event as `event_forms` knows it, and whether bytes were replaced.

    Raises:
        Unparsable: it has no head, or fewer lines than one.
    """
    text = raw.decode("utf-8", "replace").replace("\0", "").replace("\r", "")
    replaced = "\ufffd" in text
    if not _HEAD.match(raw):
        raise Unparsable("not a printed event: it has no head")
    return (_printed(text) if text.startswith("Event[") else {"_raw": text.strip()}), replaced


def _printed(text: str) -> dict[str, str]:
    """Read the lines below the head, one after the other: a line of the message is none of them."""
    lines = text.split("\n", len(_PLACES) + 1)[1 : len(_PLACES) + 1]
    found = [line[1] for line in takewhile(bool, map(_LINE.fullmatch, lines)) if line]
    if len(found) < len(_PLACES):
        raise Unparsable(f"not a whole event: {len(found)} lines of {len(_PLACES)} in front of its message")
    event = {name: said for name, said in zip(_PLACES, found, strict=True) if name and said != "N/A"}
    message = "\n".join([found[-1], *text.split("\n", len(_PLACES) + 1)[len(_PLACES) + 1 :]])
    return event | {"Message": message.strip()}


_TEXT: Final = Language(name="printed events", parsed=_parsed, exactly=_parsed)
