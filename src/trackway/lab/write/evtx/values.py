"""Values as bytes, by their type in BinXml ([MS-EVEN6], 2.2.12.3)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from operator import methodcaller
from typing import Any, Final

from trackway.formats.evtx_writing.values import EPOCH, sid
from trackway.lab.witness.record import Type

CODES: Final[dict[Type, int]] = {
    "text": 0x01,
    "u8": 0x04,
    "u16": 0x06,
    "u32": 0x08,
    "u64": 0x0A,
    "flag": 0x0D,
    "guid": 0x0F,
    "time": 0x11,
    "sid": 0x13,
    "hex32": 0x14,
    "hex64": 0x15,
    "pointer": 0x15,
}
"""Number of each type; a pointer of a 64-bit system is a hexadecimal number of 64 bits."""


def filetime(time: int) -> int:
    """Return a moment as FILETIME, steps of 100 ns."""
    return time * 10 + EPOCH


_BYTES: Final[dict[Type, Callable[[Any], bytes]]] = {
    "text": methodcaller("encode", "utf-16-le", "surrogatepass"),
    "u8": struct.Struct("<B").pack,
    "u16": struct.Struct("<H").pack,
    "u32": struct.Struct("<I").pack,
    "u64": struct.Struct("<Q").pack,
    "flag": struct.Struct("<I").pack,
    "guid": bytes,
    "time": lambda value: struct.pack("<Q", filetime(value)),
    "sid": sid,
    "hex32": struct.Struct("<I").pack,
    "hex64": struct.Struct("<Q").pack,
    "pointer": struct.Struct("<Q").pack,
}


class Values:
    """Writes the values of one kind of event: how many, size and type of each, then their bytes."""

    def __init__(self, types: Sequence[Type]) -> None:
        """Prepare for values of these types, in this order."""
        self._bytes = tuple(_BYTES[kind] for kind in types)
        self._codes = tuple(CODES[kind] for kind in types)
        self._head = struct.Struct("<I" + "HH" * len(types)).pack

    def pack(self, values: Sequence[object]) -> bytes:
        """Return the values of one record; null is a value of no size."""
        parts = [
            b"" if value is None else to_bytes(value)
            for to_bytes, value in zip(self._bytes, values, strict=True)
        ]
        sizes = [0] * (2 * len(parts))
        sizes[::2] = map(len, parts)
        sizes[1::2] = (
            self._codes
            if None not in values
            else [0 if value is None else code for value, code in zip(values, self._codes, strict=True)]
        )
        return b"".join((self._head(len(parts), *sizes), *parts))
