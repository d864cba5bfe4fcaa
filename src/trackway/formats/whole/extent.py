"""What an event log holds: which record numbers, and from when to when.

Each chunk of 64 KiB says the first and the last record that it holds, so that the heads of the chunks tell
without decoding a record which numbers are there, and which are missing in between. Source: libevtx, "Windows
XML Event Log (EVTX) format", 3 and 4. Whose log it is, its first and its last chunk are decoded for. An export
by wevtutil counts anew from 1, so the numbers of its records are all ahead of those of its heads by as much;
where they are not (a selection, forwarded events), the numbers prove nothing and none are given.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator
from typing import IO, Final, NamedTuple

from trackway.formats.evtx_file import CHUNK_MAGIC, MAGIC
from trackway.formats.rows import Ledger
from trackway.formats.whole import Sieve, Tally, of_log

_CHUNK: Final = 1 << 16
_HEADER: Final = 4096
_IDS: Final = struct.Struct("<24xQQ4xI")  # first and last identifier, place of the last record
_TIME: Final = struct.Struct("<16xQ")  # of a record: when it was written
_FLAGS: Final = struct.Struct("<120xI")
_FIRST_RECORD: Final = 512
_EPOCH: Final = 116_444_736_000_000_000  # FILETIME of 1970
_LATEST: Final = 1 << 62


class Span(NamedTuple):
    """Records that a log holds without a gap between their numbers; times are UTC in microseconds."""

    first: int
    last: int
    time_from: int
    time_to: int


class Extent(NamedTuple):
    """One log: whose, which, what it holds, whether Windows had it open when it was copied, and whether it was full."""

    computer: str
    channel: str
    spans: list[Span]
    is_dirty: bool
    is_full: bool


class _Chunk(NamedTuple):
    span: Span
    place: int


class _Named(NamedTuple):
    """What the records of a chunk name, the computer as its last one has it, and how far their numbers are ahead."""

    computer: str
    channel: str
    ahead: int


def extent(stream: IO[bytes]) -> Extent | None:
    """Return what an event log holds, or null where its numbers prove nothing; the stream ends at its start."""
    try:
        return _extent(stream)
    finally:
        stream.seek(0)


def _extent(stream: IO[bytes]) -> Extent | None:
    stream.seek(0)
    head = stream.read(_HEADER)
    is_whole = head.startswith(MAGIC) and len(head) == _HEADER
    chunks = sorted(_chunks(stream, _HEADER if is_whole else 0))
    if not chunks:
        return None
    named = [_named(stream, chunk) for chunk in (chunks[0], chunks[-1])]
    first, last = named
    if first is None or last is None or (first.channel, first.ahead) != (last.channel, last.ahead):
        return None
    flags = _FLAGS.unpack_from(head)[0] if is_whole else 0
    spans = [span._replace(first=span.first + last.ahead, last=span.last + last.ahead) for span, _ in chunks]
    return Extent(last.computer, last.channel, _joined(spans), bool(flags & 1), bool(flags & 2))


def _chunks(stream: IO[bytes], start: int) -> Iterator[_Chunk]:
    """Yield the chunks that hold records."""
    length = stream.seek(0, os.SEEK_END)
    for place in range(start, length - _CHUNK + 1, _CHUNK):
        stream.seek(place)
        head = stream.read(_FIRST_RECORD + _TIME.size)
        if not head.startswith(CHUNK_MAGIC):
            continue
        first, last, offset = _IDS.unpack_from(head)
        if not 0 < first <= last < _LATEST or not _FIRST_RECORD <= offset <= _CHUNK - _TIME.size:
            continue
        stream.seek(place + offset)
        times = [_TIME.unpack_from(raw)[0] for raw in (head[_FIRST_RECORD:], stream.read(_TIME.size))]
        begins, ends = ((time - _EPOCH) // 10 for time in times)
        if 0 < begins <= ends + _CHUNK < _LATEST:
            yield _Chunk(Span(first, last, begins, max(begins, ends)), place)


def _joined(spans: list[Span]) -> list[Span]:
    """Join spans whose numbers follow each other; they come in the order of their numbers."""
    joined = spans[:1]
    for span in spans[1:]:
        before = joined[-1]
        if span.first <= before.last + 1:
            joined[-1] = Span(
                before.first,
                max(before.last, span.last),
                min(before.time_from, span.time_from),
                max(before.time_to, span.time_to),
            )
        else:
            joined.append(span)
    return joined


def _named(stream: IO[bytes], chunk: _Chunk) -> _Named | None:
    """Return what the records of a chunk name, or null if their numbers are not its own."""
    stream.seek(chunk.place)
    content = io.BytesIO(stream.read(_CHUNK))
    found = list(of_log()(content, Sieve(), Tally(), Ledger()))
    if not found or None in (found[0].record, found[-1].record):
        return None
    ahead = {(found[0].record or 0) - chunk.span.first, (found[-1].record or 0) - chunk.span.last}
    channels = {record.root.value("System/Channel") for record in found}
    if len(ahead) > 1 or len(channels) > 1:
        return None
    return _Named(found[-1].root.value("System/Computer") or "", channels.pop() or "", ahead.pop())
