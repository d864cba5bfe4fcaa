"""Lines that all have the same number of values, one blank between them: read as a table, far quicker than one by one.

What is read here is read exactly as `text_lines` and a split at every blank would; anything they would treat
otherwise is refused, and left to them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

_OTHERWISE: Final = (b"\0", b"\t", b"\v", b"\f")
"""Bytes that are taken away somewhere, or part values elsewhere."""


def even_columns(
    text: bytes, names: Sequence[str], needed: Collection[str], *, lines: int, least: int
) -> dict[str, pa.StringArray] | None:
    """Return the values of the columns that are needed, or null where the lines are not alike.

    Args:
        text: whole lines.
        names: what the values of a line are, in order; lines may have fewer. Of two of one name the last counts.
        needed: names of the columns to return; those for which the lines have no value are left out.
        lines: how many lines are ended in the text.
        least: how many values a line must have.
    """
    width = text[: text.find(b"\n")].count(b" ") + 1
    is_one_byte = text.isascii() and not any(byte in text for byte in _OTHERWISE)
    if not is_one_byte or not least <= width <= len(names):
        return None
    wanted = {name: place for place, name in enumerate(names) if name in needed}
    table = _table(text, width, {0, width - 1, *(place for place in wanted.values() if place < width)})
    if table is None or table.num_rows != lines:  # a carriage return alone ends no line
        return None
    ends = table["0"], table[str(width - 1)]
    if pc.any(pc.starts_with(ends[0], "#")).as_py() or any(pc.any(pc.equal(end, "")).as_py() for end in ends):
        return None
    return {name: table[str(place)].combine_chunks() for name, place in wanted.items() if place < width}


def _table(text: bytes, width: int, places: Collection[int]) -> pa.Table | None:
    names = [str(place) for place in range(width)]
    try:
        return csv.read_csv(
            pa.py_buffer(text),
            csv.ReadOptions(column_names=names, use_threads=False, block_size=len(text)),
            csv.ParseOptions(delimiter=" ", quote_char=False, ignore_empty_lines=False),
            csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[str(place) for place in sorted(places)],
            ),
        )
    except pa.ArrowInvalid:  # a line with more or fewer values
        return None
