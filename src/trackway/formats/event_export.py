"""JSON event exports: one record a line, one array, or objects one after the other.

What is a record and what is not, and which programs' exports are read, stands in `docs/formats.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Final

from trackway.formats.json_text import exactly_parsed, parsed
from trackway.formats.pieces import pieces
from trackway.formats.reading import Language, Reading
from trackway.formats.rows import Ledger, RowStream, Shape


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the rows of a JSON export; see `formats.read`."""
    return Reading(_JSON, shapes, ledger).rows(pieces(stream))


def _parts(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a broken element that look like objects.

    A quotation mark that is missing makes one element of all that follows it.
    """
    for place, part in enumerate(raw.split(b"\n")):
        if place and part.lstrip().startswith(b"{"):
            yield place, part


_JSON: Final = Language(name="JSON", parsed=parsed, exactly=exactly_parsed, parts=_parts)
