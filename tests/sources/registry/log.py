"""Transaction logs of a test's making: entries of whole pages, in the new format of the regf specification."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import NamedTuple

from trackway.formats.registry_log import marvin

_PAGE = 4096


class Entry(NamedTuple):
    """One entry: its number, the bins of the hive after it, and pages by their place in the bins."""

    number: int
    size: int
    pages: Mapping[int, bytes]


def between(before: bytes, after: bytes, number: int) -> Entry:
    """Return the entry that makes one hive of another."""
    bins, old = after[_PAGE:], before[_PAGE:]
    places = [
        place
        for place in range(0, len(bins), _PAGE)
        if bins[place : place + _PAGE] != old[place : place + _PAGE]
    ]
    return Entry(number, len(bins), {place: bins[place : place + _PAGE] for place in places})


def log(*entries: Entry) -> bytes:
    """Return a log that holds these entries."""
    base = b"regf" + bytes(24) + struct.pack("<I", 6)
    return base.ljust(512, b"\0") + b"".join(map(_entry, entries))


def _entry(entry: Entry) -> bytes:
    rest = b"".join(struct.pack("<II", place, len(page)) for place, page in entry.pages.items())
    rest += b"".join(entry.pages.values())
    rest = rest.ljust(-(-(len(rest) + 40) // 512) * 512 - 40, b"\0")
    head = b"HvLE" + struct.pack(
        "<IIIIIQ", 40 + len(rest), 0, entry.number, entry.size, len(entry.pages), marvin(rest)
    )
    return head + struct.pack("<Q", marvin(head)) + rest
