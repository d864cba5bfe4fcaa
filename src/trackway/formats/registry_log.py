"""Transaction logs of a hive (`.LOG1`, `.LOG2`): what Windows had written down of it and not yet into it.

Source: "Windows registry file format specification" (regf), the new format of Windows 8.1 and later: entries of whole
pages behind the first sector, each with a number and two hashes (Marvin32). Only those that go on from the number in
the hive, without a gap and with right hashes, are applied; a log also holds entries that were applied long ago, which
is why regipy's own recovery, which applies them all, is not used. The old format is not applied.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import xor
from typing import IO, Final, NamedTuple

from trackway.evidence.hives import BASE

_BINS, _PAGE = 4096, 4096
_SEQUENCES, _SIZE, _CHECKSUM = 4, 40, 508
_ENTRY: Final = struct.Struct("<4sIIIIIQQ")
_SEED: Final = 0x82EF4D887A4E55C5
_WORD: Final = 0xFFFFFFFF
_MOST: Final = 32 << 20
"""Bytes of entries that are applied to one hive: hashing them takes a second for two million."""


class _Change(NamedTuple):
    """One entry: the size of the hive's bins after it, and its pages by their place in them."""

    size: int
    pages: list[tuple[int, bytes]]


def applied(hive: IO[bytes], logs: Sequence[IO[bytes]], longest: int) -> int:
    """Write into a copy of a hive what its logs hold beyond it, and return how many entries that were.

    Args:
        hive: the copy, open for reading and writing.
        logs: its logs, open.
        longest: bytes that the hive may grow to.
    """
    hive.seek(0)
    first = number = int.from_bytes(hive.read(BASE)[8:12], "little")
    changes = {key: change for log in reversed(logs) for key, change in _changes(log, first)}
    while (change := changes.get(number)) and _BINS + change.size <= longest:
        hive.truncate(_BINS + change.size)
        for place, page in change.pages:
            hive.seek(_BINS + place)
            hive.write(page)
        _settle(hive, number, change.size)
        number = number + 1 & _WORD
    return number - first & _WORD


def _settle(hive: IO[bytes], number: int, size: int) -> None:
    """Write the numbers, the size and the checksum of the first sector."""
    hive.seek(0)
    base = bytearray(hive.read(BASE))
    struct.pack_into("<II", base, _SEQUENCES, number, number)
    struct.pack_into("<I", base, _SIZE, size)
    checksum = reduce(xor, struct.unpack_from("<127I", base))
    struct.pack_into("<I", base, _CHECKSUM, {0: 1, _WORD: _WORD - 1}.get(checksum, checksum))
    hive.seek(0)
    hive.write(base)


def _changes(log: IO[bytes], first: int) -> Iterator[tuple[int, _Change]]:
    """Yield number and change of the entries from a number on, up to the first that is not whole."""
    log.seek(BASE)
    left = _MOST
    while len(head := log.read(_ENTRY.size)) == _ENTRY.size:
        mark, size, _, number, bins, count, content_hash, head_hash = _ENTRY.unpack(head)
        if (
            mark != b"HvLE"
            or not _ENTRY.size <= size <= left
            or bins % _PAGE
            or marvin(head[:32]) != head_hash
        ):
            return
        rest = log.read(size - _ENTRY.size)
        if number < first:
            continue
        left -= size
        change = _change(rest, count, bins) if marvin(rest) == content_hash else None
        if change is None:
            return
        yield number, change


def _change(rest: bytes, count: int, bins: int) -> _Change | None:
    """Return the pages of an entry, or null where they lie outside of it or of the hive."""
    if 8 * count > len(rest):
        return None
    pages, start = list[tuple[int, bytes]](), 8 * count
    for place, size in struct.iter_unpack("<II", rest[:start]):
        if start + size > len(rest) or place + size > bins:
            return None
        pages.append((place, rest[start : start + size]))
        start += size
    return _Change(bins, pages)


def marvin(content: bytes, seed: int = _SEED) -> int:
    """Return the Marvin32 hash of bytes, 64 bits."""
    low, high = seed & _WORD, seed >> 32
    whole = len(content) // 4 * 4
    last = int.from_bytes(content[whole:] + b"\x80", "little")
    for word in (*struct.unpack(f"<{whole // 4}I", content[:whole]), last, 0):
        low = low + word & _WORD
        high ^= low
        low = ((low << 20 | low >> 12) & _WORD) + high & _WORD
        high = (high << 9 | high >> 23) & _WORD ^ low
        low = ((low << 27 | low >> 5) & _WORD) + high & _WORD
        high = (high << 19 | high >> 13) & _WORD
    return high << 32 | low
