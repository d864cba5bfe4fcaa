"""Values as bytes, by their type in BinXml ([MS-EVEN6], 2.2.12.3)."""

from __future__ import annotations

import struct
import uuid
from functools import lru_cache
from typing import Final

TEXT: Final = 0x01
BINXML: Final = 0x21

EPOCH: Final = 11_644_473_600 * 10_000_000
"""Steps of 100 ns from 1601, where FILETIME begins, to 1970."""


@lru_cache(maxsize=4096)
def sid(text: str) -> bytes:
    """Return `S-1-5-21-…` as bytes."""
    _, revision, authority, *parts = text.split("-")
    head = struct.pack(">BBQ", int(revision), len(parts), int(authority))
    return head[:2] + head[4:] + struct.pack(f"<{len(parts)}I", *map(int, parts))


def guid(text: str) -> bytes:
    """Return `{94F748D5-…}` as bytes."""
    return uuid.UUID(text).bytes_le
