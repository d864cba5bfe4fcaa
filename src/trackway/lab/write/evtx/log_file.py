"""A log file: a header of 4 KiB and chunks, those of a full log written over from the oldest on."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Final

from trackway.lab.witness.record import Event, Item, Record
from trackway.lab.write.evtx.chunk import SIZE, Chunk, Full
from trackway.lab.write.evtx.template import (
    END_OF_STREAM,
    FRAGMENT,
    TEXT_ARRAY,
    Template,
    classic,
    event_data,
    outer,
)
from trackway.lab.write.evtx.values import BINXML, Values, filetime, sid

HEADER: Final = 4096
_RECORD_HEAD: Final = 24
_SIZE: Final = 4
_COUNT, _CLASSIC_COUNT = struct.pack("<I", 18), struct.pack("<I", 19)
"""Number of values of a record by a manifest's provider, and of one by another."""

Layout = tuple[Template, Values, bytes]


class EvtxFile:
    """Writes one log.

    Attributes:
        oldest: number of the first record that is still in the file; null while there is none.
    """

    def __init__(self, path: Path, computer: str, limit: int | None = None) -> None:
        """Open `path` for a log of at most `limit` bytes, however large by default."""
        self._file = path.open("wb+")
        self._chunks = None if limit is None else max((limit - HEADER) // SIZE, 1)
        self._outer, self._classic = outer(computer), classic(computer)
        self._layouts: dict[int, Layout] = {}
        self._chunk: Chunk | None = None
        self._count = 0
        self._firsts: list[int] = []
        self._next = 1
        self._file.write(bytes(HEADER))

    @property
    def oldest(self) -> int | None:
        """Return the number of the first record that has not been written over."""
        return self._firsts[0] if self._firsts else None

    def write(self, number: int, item: Item) -> int | None:
        """Write one record.

        Raises:
            ValueError: it is larger than a chunk can hold, or no record.
        """
        if not isinstance(item, Record):
            raise ValueError(f"{item.kind} is no record of an event log")  # noqa: TRY004  as any other misfit
        chunk = self._chunk or self._begin(number)
        try:
            self._add(chunk, number, item)
        except Full:
            self._flush()
            self._add_first(self._begin(number), number, item)
        self._next = number + 1
        return None

    def clear(self) -> None:
        """Forget all chunks, as Windows does; record numbers go on."""
        self._file.truncate(HEADER)
        self._chunk, self._count, self._firsts = None, 0, []

    def abandon(self) -> None:
        """Close the file as it is; what could not be written is lost."""
        with suppress(OSError):
            self._file.close()

    def close(self) -> None:
        """Write what is left and make the header whole."""
        self._flush()
        self._file.seek(0)
        self._file.write(self._header())
        self._file.close()

    def _begin(self, number: int) -> Chunk:
        self._chunk = Chunk(number)
        self._firsts.append(number)
        if self._chunks is not None and len(self._firsts) > self._chunks:
            del self._firsts[0]
        return self._chunk

    def _add_first(self, chunk: Chunk, number: int, record: Record) -> None:
        try:
            self._add(chunk, number, record)
        except Full as error:
            raise ValueError(f"record {number} is larger than a chunk of {SIZE} bytes") from error

    def _add(self, chunk: Chunk, number: int, record: Record) -> None:
        make = self._classic_record if record.event.guid is None else self._record
        try:
            content = make(chunk, number, record)
        except struct.error as error:  # sizes of values are 16 bits
            raise ValueError(f"record {number} has a value larger than a record can hold") from error
        chunk.add(number, filetime(record.time), content)

    def _record(self, chunk: Chunk, number: int, record: Record) -> bytes:
        """Return the BinXml of a record: System, and in its last value the event."""
        event = record.event
        template, values, tail = self._layouts.get(id(event)) or self._layout(event)
        start = chunk.end + _RECORD_HEAD + len(FRAGMENT)
        first = chunk.instance(self._outer, start)
        system, sizes = _system(number, record, tail)
        place = start + len(first) + len(_COUNT) + len(sizes) + _SIZE + len(system) + len(FRAGMENT)
        inner = chunk.instance(template, place)
        body = b"".join((FRAGMENT, inner, values.pack(record.values), END_OF_STREAM))
        size = struct.pack("<HH", len(body), BINXML)
        return b"".join((FRAGMENT, first, _COUNT, sizes, size, system, body, END_OF_STREAM))

    def _layout(self, event: Event) -> Layout:
        values = Values([kind for _, kind in event.fields])
        layout = (
            event_data(event),
            values,
            _utf16(event.provider) + (event.guid or b"") + _utf16(event.channel),
        )
        self._layouts[id(event)] = layout
        return layout

    def _classic_record(self, chunk: Chunk, number: int, record: Record) -> bytes:
        """Return the BinXml of a record whose values are an array of strings; it has no binary data."""
        first = chunk.instance(self._classic, chunk.end + _RECORD_HEAD + len(FRAGMENT))
        event = record.event
        system, sizes = _system(number, record, _utf16(event.provider) + _utf16(event.channel))
        strings = b"".join(_utf16(str(value)) + b"\0\0" for value in record.values)
        more = struct.pack("<HHHH", len(strings), TEXT_ARRAY, 0, 0)
        return b"".join((FRAGMENT, first, _CLASSIC_COUNT, sizes, more, system, strings, END_OF_STREAM))

    def _flush(self) -> None:
        if self._chunk is None:
            return
        place = self._count if self._chunks is None else self._count % self._chunks
        self._file.seek(HEADER + place * SIZE)
        self._file.write(self._chunk.whole())
        self._count += 1
        self._chunk = None

    def _header(self) -> bytes:
        kept = len(self._firsts)
        first, last = (0, max(kept - 1, 0))
        if self._chunks is not None and self._count > self._chunks:
            first, last = self._count % self._chunks, (self._count - 1) % self._chunks
        return header(first, last, self._next, kept)


def header(first: int, last: int, next_record: int, chunks: int, flags: int = 0) -> bytes:
    """Return the header of a file: first and last chunk, the next record's number, flags 1 dirty, 2 full."""
    head = struct.pack(
        "<8sQQQIHHHH", b"ElfFile\0", first, last, next_record, 128, 1, 3, HEADER, chunks & 0xFFFF
    )
    head += bytes(120 - len(head))
    return (head + struct.pack("<II", flags, zlib.crc32(head))).ljust(HEADER, b"\0")


def _system(number: int, record: Record, tail: bytes) -> tuple[bytes, bytes]:
    """Return the first 17 values of a record, and their sizes and types."""
    event = record.event
    qualifiers = b"" if event.qualifiers is None else struct.pack("<H", event.qualifiers)
    user = b"" if record.user is None else sid(record.user)
    activity = record.activity or b""
    fixed = struct.pack("<BBHH", event.level, event.opcode, event.task, event.id)
    middle = struct.pack("<QQ", event.keywords, filetime(record.time))
    late = struct.pack("<IIQB", record.pid, record.thread, number, event.version)
    # a value that is not there has size and type 0
    sizes = _SIZES(
        1, 4, 1, 4, 2, 6, 2, 6, len(qualifiers), 6 if qualifiers else 0, 8, 0x15, 8, 0x11,
        len(activity), 0x0F if activity else 0, 4, 8, 4, 8, 8, 0x0A, 1, 4, len(user), 0x13 if user else 0, 0, 0,
        2 * len(event.provider), 1, 16 if event.guid else 0, 0x0F if event.guid else 0, 2 * len(event.channel), 1,
    )  # fmt: skip
    return b"".join((fixed, qualifiers, middle, activity, late, user, tail)), sizes


_SIZES = struct.Struct("<" + "HH" * 17).pack


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")
