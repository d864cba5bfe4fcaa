"""Zip archives: by their central directory, or member after member where that is missing.

The standard library's reader holds the whole directory in memory, refuses an archive without one, and
drops the last block of a member whose checksum differs. Source: PKWARE, APPNOTE 6.3.10, 4.3 and 4.4.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final, NamedTuple

from trackway.evidence.entries import Entry, utc_text
from trackway.evidence.inflate import CHECKSUM, Packed, inflated
from trackway.evidence.limits import Damaged, Limits

_LOCAL, _CENTRAL, _END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_END64, _END64_LOCATOR = b"PK\6\6", b"PK\6\7"
_LOCAL_HEADER: Final = struct.Struct("<4s5H3I2H")
_CENTRAL_HEADER: Final = struct.Struct("<4s6H3I5H2I")
_END_RECORD: Final = struct.Struct("<4s4H2IH")
_LONGEST_COMMENT: Final = 0xFFFF
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 1, 8, 0x800
_STORED, _DEFLATED = 0, 8
_ZIP64, _NTFS, _UNIX_TIME = 1, 0x000A, 0x5455
_NTFS_TIMES: Final = b"\1\0\x18\0"
_FILETIME_EPOCH: Final = 11_644_473_600
_NO_DAY: Final = 0x21
"""1980-01-01, which stands for "nobody knows"."""
_IN_EXTRA: Final = 0xFFFFFFFF
_IN_EXTRA_COUNT: Final = 0xFFFF
_PIECE: Final = 1 << 20
_FARTHEST: Final = 1 << 62

NO_DIRECTORY: Final = "truncated: the end of the archive, with its directory, is missing"
BROKEN_DIRECTORY: Final = "the directory of the archive is broken; members may be missing"


@dataclass(slots=True, kw_only=True)
class _Item:
    """One member: where its content starts, and what its header says of it. `packed` is null where unsaid."""

    name: str
    flags: int
    method: int
    checksum: int | None
    packed: int | None
    size: int
    start: int | None
    """Of the content; null until the local header at `header` was read."""
    header: int
    modified: str | None = None


class _Place(NamedTuple):
    """Where the directory starts and ends, and how many bytes stand before the archive."""

    start: int
    end: int
    before: int


def zip_entries(stream: IO[bytes], limits: Limits) -> Iterator[Entry]:
    """Yield the members of a zip archive, folders left out.

    Raises:
        Damaged: the archive or its directory is not whole, after everything readable.
    """
    end = _end_record(stream)
    if end is None:
        yield from _without_directory(stream, limits)
        raise Damaged(NO_DIRECTORY)
    for item in _directory(stream, *end):
        if not (item.name.endswith("/") and not item.size):
            yield _entry(item, stream, limits)


def _end_record(stream: IO[bytes]) -> tuple[_Place, int] | None:
    """Return where the directory is, and how many members it says it has."""
    length = stream.seek(0, os.SEEK_END)
    tail_start = max(0, length - _END_RECORD.size - _LONGEST_COMMENT)
    stream.seek(tail_start)
    tail = stream.read()
    found = tail.rfind(_END, 0, -(_END_RECORD.size - len(_END)))
    while found >= 0:
        *_, count, size, offset, _comment = _END_RECORD.unpack_from(tail, found)
        if place := _place(stream, size, offset, tail_start + found):
            return place, count
        found = tail.rfind(_END, 0, found)  # a comment may hold the same letters
    return None


def _place(stream: IO[bytes], size: int, offset: int, end: int) -> _Place | None:
    """Return where the directory is, if it is there."""
    if _IN_EXTRA in (size, offset):
        large = _end_record_64(stream, end)
        if large is None:
            return None
        size, offset, end = large
    start = end - size
    if not start >= offset >= 0:
        return None
    _seek(stream, start)
    return _Place(start, end, start - offset) if not size or stream.read(len(_CENTRAL)) == _CENTRAL else None


def _end_record_64(stream: IO[bytes], end: int) -> tuple[int, int, int] | None:
    stream.seek(max(0, end - 20))
    locator = stream.read(20)
    if not locator.startswith(_END64_LOCATOR):
        return None
    position = int.from_bytes(locator[8:16], "little")
    _seek(stream, position)
    record = stream.read(56)
    if len(record) < 56 or not record.startswith(_END64):  # noqa: PLR2004  its length in the standard
        return None
    size, offset = struct.unpack_from("<QQ", record, 40)
    return size, offset, position


def _directory(stream: IO[bytes], place: _Place, count: int) -> Iterator[_Item]:
    position, found = place.start, 0
    while position < place.end:
        _seek(stream, position)
        header = stream.read(_CENTRAL_HEADER.size)
        if len(header) < _CENTRAL_HEADER.size or not header.startswith(_CENTRAL):
            raise Damaged(BROKEN_DIRECTORY)
        _, _, _, flags, method, clock, day, checksum, packed, size, name, extra, comment, *_, offset = (
            _CENTRAL_HEADER.unpack(header)
        )
        texts = stream.read(name + extra)
        size, packed, offset = _large(texts[name:], size, packed, offset)
        yield _Item(
            name=_name(texts[:name], flags), flags=flags, method=method, checksum=checksum, packed=packed,
            size=size, start=None, header=offset + place.before, modified=_modified(day, clock, texts[name:]),
        )  # fmt: skip
        position, found = position + _CENTRAL_HEADER.size + name + extra + comment, found + 1
    # with more than 65,534 members the count stands elsewhere
    if position != place.end or count not in (found, _IN_EXTRA_COUNT):
        raise Damaged(BROKEN_DIRECTORY)


def _large(extra: bytes, *values: int) -> list[int]:
    """Replace what does not fit into 32 bits by what the zip64 extra field says, in the same order."""
    field, found = _field(extra, _ZIP64), []
    for value in values:
        if value == _IN_EXTRA and len(field) >= 8:  # noqa: PLR2004  64 bits
            value, field = int.from_bytes(field[:8], "little"), field[8:]  # noqa: PLW2901
        found.append(value)
    return found


def _field(extra: bytes, wanted: int) -> bytes:
    """Return the content of an extra field, empty where it is missing."""
    field = b""
    while len(extra) >= 4:  # noqa: PLR2004  tag and length, two bytes each
        tag, length = struct.unpack_from("<HH", extra)
        if tag == wanted:
            field = extra[4 : 4 + length]
        extra = extra[4 + length :]
    return field


def _modified(day: int, clock: int, extra: bytes) -> str | None:
    """Return when a member was last written: UTC from Info-ZIP's or NTFS's field, else MS-DOS local time."""
    unix, ntfs = _field(extra, _UNIX_TIME), _field(extra, _NTFS)
    if len(unix) >= 5 and unix[0] & 1:  # noqa: PLR2004  flags, then a time of 32 bits
        return utc_text(int.from_bytes(unix[1:5], "little", signed=True))
    if ntfs[4:8] == _NTFS_TIMES and len(ntfs) >= 16:  # noqa: PLR2004  reserved, tag and length, then 64 bits
        return utc_text(int.from_bytes(ntfs[8:16], "little") / 1e7 - _FILETIME_EPOCH)
    if day in (0, _NO_DAY):
        return None
    date = f"{1980 + (day >> 9)}-{day >> 5 & 15:02}-{day & 31:02}"
    return f"{date} {clock >> 11:02}:{clock >> 5 & 63:02}:{(clock & 31) * 2:02}"


def _name(raw: bytes, flags: int) -> str:
    return raw.decode("utf-8", "backslashreplace") if flags & _UTF8 else raw.decode("cp437")


def _entry(item: _Item, stream: IO[bytes], limits: Limits) -> Entry:
    if item.flags & _ENCRYPTED:
        words = "encrypted; unpack it with its password first"
        return Entry(name=item.name, size=item.size, note=words, lost=True)
    if item.method not in (_STORED, _DEFLATED):
        words = f"compression method {item.method} is not read; unpack it first"
        return Entry(name=item.name, size=item.size, note=words, lost=True)
    pieces = _content(item, stream, limits)
    return Entry(name=item.name, size=item.size, pieces=pieces, modified=item.modified)


def _content(item: _Item, stream: IO[bytes], limits: Limits) -> Iterator[bytes]:
    """Yield the content; leaves the stream, and `packed` where it was unsaid, at its end."""
    if item.start is None:
        item.start = _start(item, stream)
    _seek(stream, item.start)
    checksum = 0
    for piece in _stored(item, stream) if item.method == _STORED else _inflated(item, stream, limits):
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if item.checksum is not None and checksum != item.checksum:
        raise Damaged(CHECKSUM)


def _start(item: _Item, stream: IO[bytes]) -> int:
    _seek(stream, item.header)
    header = stream.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or not header.startswith(_LOCAL):
        raise Damaged("the archive's directory points to where the member is not")
    *_, name, extra = _LOCAL_HEADER.unpack(header)
    return item.header + _LOCAL_HEADER.size + int(name) + int(extra)


def _stored(item: _Item, stream: IO[bytes]) -> Iterator[bytes]:
    left = item.packed or 0
    while left:
        piece = stream.read(min(left, _PIECE))
        if not piece:
            raise Damaged("truncated: the end of the member is missing")
        left -= len(piece)
        yield piece


def _inflated(item: _Item, stream: IO[bytes], limits: Limits) -> Iterator[bytes]:
    packed = Packed(stream.read)
    yield from inflated(packed, limits)
    if item.packed is None:
        item.packed = packed.count


def _without_directory(stream: IO[bytes], limits: Limits) -> Iterator[Entry]:
    """Yield members by their own headers, in the order in which they stand."""
    position = _next_header(stream, 0)
    while position is not None:
        item = _local(stream, position)
        if item is None:
            return
        if not (item.name.endswith("/") and not item.size):
            yield _entry(item, stream, limits)
        position = _next_header(stream, (item.start or position) + max(item.packed or 0, 1))


def _local(stream: IO[bytes], position: int) -> _Item | None:
    _seek(stream, position)
    header = stream.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size:
        return None
    _, _, flags, method, _, _, checksum, packed, size, name, extra = _LOCAL_HEADER.unpack(header)
    texts = stream.read(name + extra)
    size, packed = _large(texts[name:], size, packed)
    unsaid = bool(flags & _SIZES_FOLLOW) and not packed
    return _Item(
        name=_name(texts[:name], flags), flags=flags, method=method, checksum=None if unsaid else checksum,
        packed=None if unsaid else packed, size=size,
        start=position + _LOCAL_HEADER.size + name + extra, header=position,
    )  # fmt: skip


def _seek(stream: IO[bytes], position: int) -> None:
    """Go to a place that the archive names; beyond the end nothing is read, however far that is."""
    stream.seek(min(position, _FARTHEST))


def _next_header(stream: IO[bytes], position: int) -> int | None:
    """Return where the next local header stands, from `position` on."""
    _seek(stream, position)
    before = b""
    while block := stream.read(_PIECE):
        found = (before + block).find(_LOCAL)
        if found >= 0:
            return position - len(before) + found
        position += len(block)
        before = block[-3:]
    return None
