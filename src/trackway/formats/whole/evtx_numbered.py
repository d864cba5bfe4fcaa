"""Where the records of some numbers stand in an event log, told by the heads of its chunks and records alone.

Each chunk of 64 KiB says from which to which record it holds, so that of a log of a gigabyte a few megabytes are read.
Source: libevtx, "Windows XML Event Log (EVTX) format", 3.1 and 3.2.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from typing import IO, Final

from trackway.formats.evtx_file import CHUNK, CHUNK_MAGIC, HEADER

_HEAD: Final = struct.Struct("<8s16xQQ")
"""Magic of a chunk, identifiers of its first and last record."""

_RECORD: Final = struct.Struct("<4sIQ")
"""Magic of a record, its size, its number."""

_RECORD_MAGIC: Final = b"**\0\0"
_FIRST: Final = 512


def offsets(stream: IO[bytes], numbers: Collection[int], most: int) -> list[int]:
    """Return where records of these numbers start, in the order of the file, as far as heads are to be believed.

    Args:
        stream: an event log with its header in front.
        numbers: of records.
        most: places to give at most: a log that was made by hand may hold a number often.
    """
    found: list[int] = []
    for start in _chunks(stream, numbers):
        stream.seek(start)
        found += [start + place for place in _records(stream.read(CHUNK), numbers)]
        if len(found) >= most:
            break
    return found[:most]


def _chunks(stream: IO[bytes], numbers: Collection[int]) -> Iterator[int]:
    """Yield where the chunks stand that say they hold one of the numbers."""
    start = HEADER
    while True:
        stream.seek(start)
        head = stream.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return
        magic, first, last = _HEAD.unpack(head)
        if magic == CHUNK_MAGIC and any(first <= number <= last for number in numbers):
            yield start
        start += CHUNK


def _records(chunk: bytes, numbers: Collection[int]) -> Iterator[int]:
    place = _FIRST
    while place + _RECORD.size <= len(chunk):
        magic, size, number = _RECORD.unpack_from(chunk, place)
        if magic != _RECORD_MAGIC or size < _RECORD.size:
            return
        if number in numbers:
            yield place
        place += size
