"""A log of the lab's events, those of a full log written over from the oldest on."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

from trackway.formats.evtx_writing import (
    BINXML,
    END_OF_STREAM,
    FRAGMENT,
    Chunk,
    LogFile,
    Template,
    start_of_content,
)
from trackway.formats.evtx_writing.values import sid
from trackway.lab.witness.record import Event, Item, Record
from trackway.lab.write.evtx.layouts import TEXT_ARRAY, classic, event_data, outer
from trackway.lab.write.evtx.values import Values, filetime

_SIZE: Final = 4
_COUNT, _CLASSIC_COUNT = struct.pack("<I", 18), struct.pack("<I", 19)
"""Number of values of a record by a manifest's provider, and of one by another."""

Layout = tuple[Template, Values, bytes]


class EvtxFile(LogFile):
    """Writes one log."""

    def __init__(self, path: Path, computer: str, limit: int | None = None) -> None:
        """Open `path` for a log of at most `limit` bytes, however large by default."""
        super().__init__(path.open("wb+"), limit)
        self._outer, self._classic = outer(computer), classic(computer)
        self._layouts: dict[int, Layout] = {}

    def write(self, number: int, item: Item) -> int | None:
        """Write one record.

        Raises:
            ValueError: it is larger than a chunk can hold, or no record.
        """
        if not isinstance(item, Record):
            raise ValueError(f"{item.kind} is no record of an event log")  # noqa: TRY004  as any other misfit
        make = self._classic_record if item.event.guid is None else self._record
        self.add(number, filetime(item.time), lambda chunk: make(chunk, number, item))
        return None

    def _record(self, chunk: Chunk, number: int, record: Record) -> bytes:
        """Return the BinXml of a record: System, and in its last value the event."""
        event = record.event
        template, values, tail = self._layouts.get(id(event)) or self._layout(event)
        start = start_of_content(chunk)
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
        first = chunk.instance(self._classic, start_of_content(chunk))
        event = record.event
        system, sizes = _system(number, record, _utf16(event.provider) + _utf16(event.channel))
        strings = b"".join(_utf16(str(value)) + b"\0\0" for value in record.values)
        more = struct.pack("<HHHH", len(strings), TEXT_ARRAY, 0, 0)
        return b"".join((FRAGMENT, first, _CLASSIC_COUNT, sizes, more, system, strings, END_OF_STREAM))


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
