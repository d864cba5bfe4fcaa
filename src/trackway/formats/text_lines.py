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
    for text in _whole_lines(stream):
        decoded = text.decode("utf-8", "replace").replace("\0", "")
        lines = pc.ascii_trim_whitespace(pc.split_pattern(pa.array([decoded]), "\n").flatten())
        is_ended = text.endswith(b"\n")
        yield number, lines[:-1] if is_ended else lines, is_ended
        number += text.count(b"\n")


def _whole_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield blocks that end with a line, but for the last one."""
    waiting = bytearray()
    for block in blocks_of(stream):
        waiting += block
        if len(waiting) >= _BLOCK and ((end := waiting.rfind(b"\n") + 1) or len(waiting) > LONGEST):
            yield bytes(waiting[: end or len(waiting)])
            del waiting[: end or len(waiting)]
    if waiting:
        yield bytes(waiting)
