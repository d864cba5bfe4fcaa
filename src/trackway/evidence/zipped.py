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

from trackway.evidence.decrypted import AES_FIELD, AES_METHOD, ASK, Read, Sealed, aes_field, unsealed
from trackway.evidence.entries import Entry
from trackway.evidence.inflate import CHECKSUM, Packed, inflated
from trackway.evidence.limits import Damaged, Limits
from trackway.evidence.zip_fields import IN_EXTRA, field_of, large, modified

_LOCAL, _CENTRAL, _END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_END64, _END64_LOCATOR = b"PK\6\6", b"PK\6\7"
_LOCAL_HEADER: Final = struct.Struct("<4s5H3I2H")
_CENTRAL_HEADER: Final = struct.Struct("<4s6H3I5H2I")
_END_RECORD: Final = struct.Struct("<4s4H2IH")
_LONGEST_COMMENT: Final = 0xFFFF
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 1, 8, 0x800
_STORED, _DEFLATED = 0, 8
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
    extra: bytes = b""
    clock: int = 0
    """Two bytes of the time; one of them proves a password."""
    plain: Read | None = None
    """Reads what is decrypted, from the start of the content on."""


class _Place(NamedTuple):
    """Where the directory starts and ends, and how many bytes stand before the archive."""

    start: int
    end: int
    before: int


def zip_entries(stream: IO[bytes], limits: Limits, password: str | None = None) -> Iterator[Entry]:
    """Yield the members of a zip archive, folders left out; encrypted ones are opened with the password.

    Raises:
        Damaged: the archive or its directory is not whole, after everything readable.
    """
    end = _end_record(stream)
    if end is None:
        yield from _without_directory(stream, limits, password)
        raise Damaged(NO_DIRECTORY)
    for item in _directory(stream, *end):
        if not (item.name.endswith("/") and not item.size):
            yield _entry(item, stream, limits, password)


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
    if IN_EXTRA in (size, offset):
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
        size, packed, offset = large(texts[name:], size, packed, offset)
        yield _Item(
            name=_name(texts[:name], flags), flags=flags, method=method, checksum=checksum, packed=packed,
            size=size, start=None, header=offset + place.before, modified=modified(day, clock, texts[name:]),
            extra=texts[name:], clock=clock,
        )  # fmt: skip
        position, found = position + _CENTRAL_HEADER.size + name + extra + comment, found + 1
    # with more than 65,534 members the count stands elsewhere
    if position != place.end or count not in (found, _IN_EXTRA_COUNT):
        raise Damaged(BROKEN_DIRECTORY)


def _name(raw: bytes, flags: int) -> str:
    return raw.decode("utf-8", "backslashreplace") if flags & _UTF8 else raw.decode("cp437")


def _entry(item: _Item, stream: IO[bytes], limits: Limits, password: str | None) -> Entry:
    if item.flags & _ENCRYPTED and (why_not := _unlock(item, stream, password)):
        return Entry(name=item.name, size=item.size, note=why_not, lost=True)
    if item.method not in (_STORED, _DEFLATED):
        words = f"compression method {item.method} is not read; unpack it first"
        return Entry(name=item.name, size=item.size, note=words, lost=True)
    pieces = _content(item, stream, limits)
    return Entry(name=item.name, size=item.size, pieces=pieces, modified=item.modified)


def _unlock(item: _Item, stream: IO[bytes], password: str | None) -> str | None:
    """Make a member readable, or return why it is not."""
    strength = None
    if item.method == AES_METHOD:
        found = aes_field(field_of(item.extra, AES_FIELD))
        if found is None:
            return f"compression method {AES_METHOD} is not read; unpack it first"
        version, strength, item.method = found
        item.checksum = item.checksum if version == 1 else None  # the second version has none
    if password is None or item.packed is None:
        return ASK
    if item.start is None:
        item.start = _start(item, stream)
    _seek(stream, item.start)
    check = item.clock >> 8 if item.flags & _SIZES_FOLLOW or item.checksum is None else item.checksum >> 24
    opened = unsealed(stream.read, Sealed(item.packed, check, strength), password)
    if isinstance(opened, str):
        return opened
    item.plain = opened
    return None


def _content(item: _Item, stream: IO[bytes], limits: Limits) -> Iterator[bytes]:
    """Yield the content; leaves the stream, and `packed` where it was unsaid, at its end."""
    if item.start is None:
        item.start = _start(item, stream)
    if item.plain is None:
        _seek(stream, item.start)
    checksum = 0
    read = item.plain or stream.read
    for piece in _stored(item, read) if item.method == _STORED else _inflated(item, read, limits):
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


def _stored(item: _Item, read: Read) -> Iterator[bytes]:
    left = item.size if item.plain else item.packed or 0
    while left:
        piece = read(min(left, _PIECE))
        if not piece:
            raise Damaged("truncated: the end of the member is missing")
        left -= len(piece)
        yield piece


def _inflated(item: _Item, read: Read, limits: Limits) -> Iterator[bytes]:
    packed = Packed(read)
    yield from inflated(packed, limits)
    if item.packed is None:
        item.packed = packed.count


def _without_directory(stream: IO[bytes], limits: Limits, password: str | None) -> Iterator[Entry]:
    """Yield members by their own headers, in the order in which they stand."""
    position = _next_header(stream, 0)
    while position is not None:
        item = _local(stream, position)
        if item is None:
            return
        if not (item.name.endswith("/") and not item.size):
            yield _entry(item, stream, limits, password)
        position = _next_header(stream, (item.start or position) + max(item.packed or 0, 1))


def _local(stream: IO[bytes], position: int) -> _Item | None:
    _seek(stream, position)
    header = stream.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size:
        return None
    _, _, flags, method, clock, _, checksum, packed, size, name, extra = _LOCAL_HEADER.unpack(header)
    texts = stream.read(name + extra)
    size, packed = large(texts[name:], size, packed)
    unsaid = bool(flags & _SIZES_FOLLOW) and not packed
    return _Item(
        name=_name(texts[:name], flags), flags=flags, method=method, checksum=None if unsaid else checksum,
        packed=None if unsaid else packed, size=size,
        start=position + _LOCAL_HEADER.size + name + extra, header=position, extra=texts[name:], clock=clock,
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
