"""Lines of a text in Arrow, block by block: nothing here is done line by line in Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Final

import pyarrow as pa
import pyarrow.compute as pc

from trackway.formats.pieces import LONGEST, blocks_of

_BLOCK: Final = 8 << 20


def line_blocks(stream: IO[bytes]) -> Iterator[tuple[int, pa.StringArray, bool]]:
    """Yield lines of a text in UTF-8 or UTF-16, the 1-based number of the first, and whether all are ended.

    Only a line feed ends a line. NUL bytes and blanks around a line are taken away, bytes that are no
    UTF-8 become U+FFFD. A line longer than `LONGEST` comes in pieces.
    """
    number = 1
    for text in whole_lines(stream):
        yield number, lines_of(text), text.endswith(b"\n")
        number += text.count(b"\n")


def lines_of(text: bytes) -> pa.StringArray:
    """Return the lines of a block as `line_blocks` does."""
    decoded = text.decode("utf-8", "replace").replace("\0", "")
    lines = pc.ascii_trim_whitespace(pc.split_pattern(pa.array([decoded]), "\n").flatten())
    return lines[:-1] if text.endswith(b"\n") else lines


def whole_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield a text block by block in UTF-8; each block ends with a line, but for the last one."""
    waiting = bytearray()
    for block in blocks_of(stream):
        waiting += block
        if len(waiting) >= _BLOCK and ((end := waiting.rfind(b"\n") + 1) or len(waiting) > LONGEST):
            yield bytes(waiting[: end or len(waiting)])
            del waiting[: end or len(waiting)]
    if waiting:
        yield bytes(waiting)
