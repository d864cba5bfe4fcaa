"""Databases of a test's making in the Extensible Storage Engine's format, each table on one page; libesedb reads them.

Layout: "Extensible Storage Engine (ESE) Database File (EDB) format" of the libesedb project: a header and its copy,
pages with their tags at the end, records of fixed, then tagged columns. The catalog on page 4, and its
copy on page 24, name tables and columns. Pages have the older checksum, which needs no correction code.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import xor
from typing import Final

Value = int | float | bytes | None
Table = tuple[Mapping[str, int], Sequence[Sequence[Value]]]
"""The type of each column by its name, and the rows."""

BYTE, LONG, DATE, LONG_BINARY, LONG_LONG = 2, 4, 8, 11, 15
CLEAN, DIRTY = 3, 2

PAGE: Final = 4096
_FORMATS: Final = {BYTE: "<B", LONG: "<i", DATE: "<d", LONG_LONG: "<q"}
_CATALOG, _FIRST, _SHADOW = 4, 5, 24
_TAGGED: Final = 256
_ROOT_LEAF, _NEW_RECORDS = 0x3, 0x8000
_CATALOG_COLUMNS: Final = ((4, 2, 4, 4, 4, 4, 4), "<IHIIIII")


def database(tables: Mapping[str, Table], *, state: int = CLEAN) -> bytes:
    """Return a database that holds these tables."""
    entries, pages = list[bytes](), dict[int, bytes]()
    for number, (name, (columns, rows)) in enumerate(tables.items()):
        identifier, place = number + 10, _FIRST + number
        entries.append(_entry(name, identifier, 1, identifier, place, 1))
        identifiers = _identifiers(columns)
        entries += [
            _entry(each, identifier, 2, identifiers[each], kind, _width(kind))
            for each, kind in columns.items()
        ]
        pages[place] = _page(place, identifier, [_record(columns, row) for row in rows])
    pages[_CATALOG], pages[_SHADOW] = _page(_CATALOG, 2, entries), _page(_SHADOW, 3, entries)
    header = _header(state)
    return header + header + b"".join(pages.get(each) or _page(each, 1, []) for each in range(1, _SHADOW + 1))


def _width(kind: int) -> int:
    return struct.calcsize(_FORMATS[kind]) if kind in _FORMATS else 4096


def _header(state: int) -> bytes:
    raw = bytearray(PAGE)
    struct.pack_into("<III", raw, 4, 0x89ABCDEF, 0x620, 0)
    struct.pack_into("<I", raw, 52, state)
    struct.pack_into("<III", raw, 232, 0x14, PAGE, 0)
    return struct.pack("<I", _checksum(raw)) + bytes(raw[4:])


def _checksum(raw: bytes | bytearray) -> int:
    return reduce(xor, struct.unpack(f"<{len(raw) // 4 - 1}I", raw[4:]), 0x89ABCDEF)


def _page(number: int, identifier: int, records: Sequence[bytes]) -> bytes:
    values = [struct.pack("<IIII", 1, 1, 0, 0)]  # the root's own header
    values += [struct.pack("<HI", 4, place) + record for place, record in enumerate(records)]
    body, tags = bytearray(), bytearray()
    for each in values:
        tags = bytearray(struct.pack("<HH", len(each), len(body))) + tags
        body += each
    assert len(body) + len(tags) <= PAGE - 40, "more than one page of records"
    free = PAGE - 40 - len(body) - len(tags)
    head = struct.pack(
        "<IQIIIHHHHI", number, 0, 0, 0, identifier, free, 0, len(body), len(values), _ROOT_LEAF | _NEW_RECORDS
    )
    raw = bytes(4) + head + bytes(body) + bytes(free) + bytes(tags)
    return struct.pack("<I", _checksum(raw)) + raw[4:]


def _identifiers(columns: Mapping[str, int]) -> dict[str, int]:
    fixed = [name for name, kind in columns.items() if kind in _FORMATS]
    tagged = [name for name, kind in columns.items() if kind not in _FORMATS]
    return dict(zip(fixed, range(1, 128), strict=False)) | dict(
        zip(tagged, range(_TAGGED, 300), strict=False)
    )


def _record(columns: Mapping[str, int], row: Sequence[Value]) -> bytes:
    cells = dict(zip(columns, row, strict=True))
    fixed = [(kind, cells[name]) for name, kind in columns.items() if kind in _FORMATS]
    tagged = [(place, cells[name]) for name, place in _identifiers(columns).items() if place >= _TAGGED]
    raw = b"".join(struct.pack(_FORMATS[kind], value) for kind, value in fixed)
    raw += bytes(-(-len(fixed) // 8))  # none is null
    return struct.pack("<BBH", len(fixed), 127, 4 + len(raw)) + raw + _tagged(tagged)


def _tagged(values: Sequence[tuple[int, Value]]) -> bytes:
    kept = [(place, value) for place, value in values if isinstance(value, bytes)]
    head, body = b"", b""
    for place, value in kept:
        head += struct.pack("<HH", place, 4 * len(kept) + len(body))
        body += value
    return head + body


def _entry(name: str, *numbers: int) -> bytes:
    """Return a row of the catalog: table, kind (1 table, 2 column), identifier, type or page, width."""
    widths, form = _CATALOG_COLUMNS
    fixed = struct.pack(form, *numbers, 0, 0) + b"\0"
    text = name.encode("ascii")
    return struct.pack("<BBH", len(widths), 128, 4 + len(fixed)) + fixed + struct.pack("<H", len(text)) + text
