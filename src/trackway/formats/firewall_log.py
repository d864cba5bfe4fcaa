"""pfirewall.log: the text log of the Windows Firewall, from Windows XP to 11.

Sources: the `#Fields` line, which names the columns and may recur; logs of 2005, 2021 and 2023 to 2026.
The column `pid` was added without a new version number, so a line may have one value more than an old
`#Fields` names. Buffered: the tail may be NUL bytes, or break off within a line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from trackway.formats.even_lines import even_columns
from trackway.formats.rows import Ledger, Rows, RowStream, Shape
from trackway.formats.text_lines import lines_of, whole_lines

KIND: Final = "firewall_log"
LOST_KIND: Final = "firewall_lost"
LOST: Final = "INFO-EVENTS-LOST"

_STANDARD: Final = tuple(
    "date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode "
    "info path".split()
)
_LEAST: Final = 8
"""Values of a line that names both ends; what may be missing behind them are details."""


@dataclass(frozen=True, slots=True)
class _Header:
    """What the comment lines so far say: the columns in order, and whether times are UTC."""

    columns: tuple[str, ...] = (*_STANDARD, "pid")
    is_utc: bool = False

    def after(self, comment: str) -> _Header:
        name, _, value = comment.partition(":")
        if name == "#Fields" and len(value.split()) >= _LEAST:
            columns = tuple(value.lower().split())
            return _Header(columns if "pid" in columns else (*columns, "pid"), self.is_utc)
        if name == "#Time Format":
            return _Header(self.columns, value.strip().lower() in ("utc", "gmt"))
        return self


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the lines of a firewall log, those about lost events apart; see `formats.read`."""
    wanted = {shape.kind: shape for shape in shapes if shape.kind in (KIND, LOST_KIND)}
    needed = {"date", "time", "action"}.union(*(shape.fields for shape in wanted.values()))
    header, first = _Header(), 1
    for text in whole_lines(stream):
        ended = text.count(b"\n")
        if even := even_columns(text, header.columns, needed, lines=ended, least=_LEAST):
            numbers = pc.cumulative_sum(pa.repeat(1, ended), start=first - 1)
            ledger.seen += ended
            yield from _by_kind(_dated(even, header), numbers, wanted, ledger)
        else:
            lines, is_ended = lines_of(text), text.endswith(b"\n")
            for start, part, part_header in _parts(lines, header):
                header = part_header
                is_last = start + len(part) == len(lines)
                numbered = _Numbered(part, first + start, is_ended or not is_last)
                yield from _by_kind(*_values(numbered, header, needed, ledger), wanted, ledger)
        first += ended


class _Numbered(NamedTuple):
    """Consecutive lines, the number of the first, and whether the last is ended."""

    lines: pa.StringArray
    first: int
    is_ended: bool


def _parts(lines: pa.StringArray, header: _Header) -> Iterator[tuple[int, pa.StringArray, _Header]]:
    """Yield stretches of lines under one header each."""
    start = 0
    for place in pc.indices_nonzero(pc.match_substring_regex(lines, "^#(Fields|Time Format):")).to_pylist():
        after = header.after(lines[place].as_py())
        if after != header:
            yield start, lines[start:place], header
            start, header = place, after
    yield start, lines[start:], header


def _values(
    numbered: _Numbered, header: _Header, needed: Collection[str], ledger: Ledger
) -> tuple[dict[str, pa.StringArray], pa.Int64Array]:
    """Return the columns of a stretch of lines, and the number of each; blank lines and comments are no records."""
    lines, first, is_ended = numbered
    places = pc.indices_nonzero(
        pc.and_(pc.greater(pc.binary_length(lines), 0), pc.invert(pc.starts_with(lines, "#")))
    )
    ledger.seen += len(places)
    numbers = pc.add(places.cast(pa.int64()), first)
    values = pc.split_pattern(_single_spaced(lines.take(places), len(header.columns)), " ")
    counts = pc.list_value_length(values)
    whole = pc.and_(pc.greater_equal(counts, _LEAST), pc.less_equal(counts, len(header.columns)))
    if not is_ended:  # the last line is not ended: what it lacks is cut off, not left out
        is_last = pc.equal(numbers, first + len(lines) - 1)
        whole = pc.and_(whole, pc.or_(pc.invert(is_last), pc.greater_equal(counts, len(header.columns) - 1)))
    for number, count in zip(*_where(pc.invert(whole), numbers, counts), strict=True):
        ledger.skip(f"{count} values where {_LEAST} to {len(header.columns)} can be", line=number)
    return _columns(_chosen(values, whole), header, needed), _chosen(numbers, whole)


def _by_kind(
    columns: Mapping[str, pa.StringArray], numbers: pa.Int64Array, wanted: Mapping[str, Shape], ledger: Ledger
) -> RowStream:
    """Yield the rows about packets, and those about lost events apart."""
    actions = columns.get("action", pa.nulls(len(numbers), pa.string()))
    is_lost = pc.equal(pc.fill_null(actions, ""), LOST)
    for kind, chosen in ((KIND, pc.invert(is_lost)), (LOST_KIND, is_lost)):
        if kind not in wanted:
            ledger.ignored += pc.sum(chosen).as_py() or 0
        elif kind == KIND or pc.any(chosen).as_py():
            yield _rows(wanted[kind], columns, numbers, chosen)


def _single_spaced(lines: pa.StringArray, most: int) -> pa.StringArray:
    """Return lines whose values stand apart by one blank each; copies may be aligned by more, or by tabs."""
    written = memoryview(lines.buffers()[2] or b"").tobytes()
    if b"\t" not in written and b"  " not in written:
        return lines
    is_wide = pc.or_(pc.greater_equal(pc.count_substring(lines, " "), most), pc.match_substring(lines, "\t"))
    return pc.if_else(is_wide, pc.replace_substring_regex(lines, r"[ \t]+", " "), lines)


def _where(chosen: pa.BooleanArray, *columns: pa.Array) -> list[list[int]]:
    return [column.filter(chosen).to_pylist() for column in columns]


def _chosen(column: pa.Array, chosen: pa.BooleanArray) -> pa.Array:
    """Return the values that are chosen; mostly all are, and nothing need be copied."""
    return column if pc.all(chosen).as_py() else column.filter(chosen)


def _columns(values: pa.ListArray, header: _Header, needed: Collection[str]) -> dict[str, pa.StringArray]:
    """Return the values of each column that is needed; of two columns of one name the last counts."""
    padded = _padded(values, len(header.columns))
    named = {name: place for place, name in enumerate(header.columns) if name in needed}
    return _dated({name: pc.list_element(padded, place) for name, place in named.items()}, header)


def _dated(columns: dict[str, pa.StringArray], header: _Header) -> dict[str, pa.StringArray]:
    """Add the time as the reader of times wants it."""
    if "date" not in columns or "time" not in columns:
        return columns
    written = pc.binary_join_element_wise(columns["date"], columns["time"], " ")
    return columns | {
        "time_text": pc.binary_join_element_wise(written, "+00:00", "") if header.is_utc else written
    }


def _padded(values: pa.ListArray, width: int) -> pa.FixedSizeListArray:
    """Return lists of one length, null where a line has fewer values; mostly none has, and nothing need be copied."""
    flat = values.flatten()
    if len(flat) == len(values) * width and pc.all(pc.equal(pc.list_value_length(values), width)).as_py():
        return pa.FixedSizeListArray.from_arrays(flat, width)
    return pc.list_slice(values, 0, width, return_fixed_size_list=True)


def _rows(
    shape: Shape, columns: Mapping[str, pa.StringArray], numbers: pa.Int64Array, chosen: pa.BooleanArray
) -> Rows:
    known = {**columns, "line": numbers}
    arrays = [
        _chosen(known[field.name], chosen)
        if field.name in known
        else pa.nulls(pc.sum(chosen).as_py() or 0, field.type)
        for field in shape.schema()
    ]
    return Rows(shape, pa.RecordBatch.from_arrays(arrays, schema=shape.schema()))
