"""Hives of a test's making, small ones: a header, one bin of cells, keys with their lists, values with their data.

Layout: "Windows registry file format specification" of the libregf project.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

Tree = Mapping[str, "Tree | str | int | bytes | list[str]"]

_HEADER, _BIN = 4096, 32
_NONE = 0xFFFFFFFF


def hive(tree: Tree, *, dirty: bool = False) -> bytes:
    """Return a hive that holds a tree: folders are keys, everything else values."""
    cells = _Cells()
    root = cells.key("ROOT", tree, is_root=True)
    size = -(-len(cells.raw) // 4096) * 4096
    rest = size - len(cells.raw)
    body = bytes(cells.raw) + (struct.pack("<i", rest) + bytes(rest - 4) if rest else b"")
    header = b"regf" + struct.pack("<IIQIIIIIII", 2, 1 if dirty else 2, 0, 1, 5, 0, 1, root, size, 1)
    first = b"hbin" + struct.pack("<IIQQI", 0, size, 0, 0, 0)
    return header.ljust(_HEADER, b"\0") + first + body[_BIN:]


class _Cells:
    def __init__(self) -> None:
        self.raw = bytearray(_BIN)  # where the header of the bin will stand
        self._root = self._reserve(76 + len("ROOT"))

    def _reserve(self, size: int) -> int:
        place, whole = len(self.raw), -(-(size + 4) // 8) * 8
        self.raw += struct.pack("<i", -whole) + bytes(whole - 4)
        return place

    def put(self, content: bytes, place: int | None = None) -> int:
        place = self._reserve(len(content)) if place is None else place
        self.raw[place + 4 : place + 4 + len(content)] = content
        return place

    def key(self, name: str, tree: Tree, *, is_root: bool = False) -> int:
        below = [self.key(each, inner) for each, inner in tree.items() if isinstance(inner, Mapping)]
        values = [self.value(each, data) for each, data in tree.items() if not isinstance(data, Mapping)]
        listed = (
            b"lf" + struct.pack("<H", len(below)) + b"".join(struct.pack("<II", each, 0) for each in below)
        )
        keys = self.put(listed) if below else _NONE
        found = self.put(struct.pack(f"<{len(values)}I", *values)) if values else _NONE
        raw = name.encode("ascii")
        node = b"nk" + struct.pack(
            "<HQIIIIIIIIIIIIIIIHH", 0x2C if is_root else 0x20, 0, 0, 0, len(below), 0, keys, _NONE, len(values), found,
            _NONE, _NONE, 0, 0, 0, 0, 0, len(raw), 0,
        )  # fmt: skip
        return self.put(node + raw, self._root if is_root else None)

    def value(self, name: str, data: str | int | bytes | list[str]) -> int:
        kind, raw = _encoded(data)
        size, place = len(raw), 0
        if len(raw) <= 4:
            size, place = size | 0x80000000, int.from_bytes(raw.ljust(4, b"\0"), "little")
        else:
            place = self.put(raw)
        own = "" if name == "(default)" else name
        return self.put(
            b"vk" + struct.pack("<HIIIHH", len(own), size, place, kind, 1, 0) + own.encode("ascii")
        )


def _encoded(data: str | int | bytes | list[str]) -> tuple[int, bytes]:
    if isinstance(data, int):
        return 4, struct.pack("<I", data)
    if isinstance(data, bytes):
        return 3, data
    if isinstance(data, list):
        return 7, "".join(f"{each}\0" for each in [*data, ""]).encode("utf-16-le")
    return 1, f"{data}\0".encode("utf-16-le")
