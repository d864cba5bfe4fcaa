"""What happens to logs: not closed, cut off, overwritten by rubbish. Each works on a finished file."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Final, Literal

from trackway.formats.evtx_writing.chunk import SIZE
from trackway.formats.evtx_writing.log_file import HEADER

DIRTY: Final = 1
Damage = Literal["magic", "checksum", "record"]


def dirty(path: Path) -> None:
    """Make the header that of a log that Windows still had open: old counts, the flag set."""
    with path.open("rb+") as file:
        head = bytearray(file.read(HEADER))
        struct.pack_into("<I", head, 120, DIRTY)
        # last chunk and next record number stand as they were when the log was opened
        struct.pack_into("<QQ", head, 16, 0, 1)
        struct.pack_into("<I", head, 124, zlib.crc32(bytes(head[:120])))
        file.seek(0)
        file.write(head)


def cut(path: Path, size: int) -> None:
    """Cut a file off after `size` bytes."""
    with path.open("rb+") as file:
        file.truncate(size)


def corrupt(path: Path, chunk: int, damage: Damage) -> None:
    """Damage one chunk: its magic, the checksum of its records, or the content of its second record."""
    start = HEADER + chunk * SIZE
    with path.open("rb+") as file:
        file.seek(start)
        content = bytearray(file.read(SIZE))
        if damage == "magic":
            content[:8] = b"\0" * 8
        elif damage == "checksum":
            content[52:56] = b"\xde\xad\xbe\xef"
        else:
            second = 512 + struct.unpack_from("<I", content, 516)[0]
            content[second + 40 : second + 60] = b"\xff" * 20
        file.seek(start)
        file.write(content)
