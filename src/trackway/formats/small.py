"""Rows of files that are small enough to be read line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa

from trackway.formats.json_text import well_formed
from trackway.formats.rows import SYSTEM, Ledger, Rows, RowStream, Shape

Found = tuple[str, int, dict[str, object] | str]
"""Kind of a record, its line, and its values by name of column; or why it cannot be used."""

_ROWS: Final = 16_384
_NUMBERS: Final = frozenset(name for name, kind in SYSTEM if kind == pa.int64())


def gathered(found: Iterator[Found], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield records in batches of one shape each and keep the ledger; kinds that nobody wants are ignored."""
    wanted = {shape.kind: shape for shape in shapes if shape.kind}
    waiting: dict[str, list[dict[str, object]]] = {}
    for count, (kind, line, values) in enumerate(found, start=1):
        ledger.seen += 1
        if isinstance(values, str):
            ledger.skip(values, line=line)
        elif kind not in wanted:
            ledger.ignored += 1
        else:
            waiting.setdefault(kind, []).append({**values, "line": line})
        if count % _ROWS == 0:
            yield from _batches(wanted, waiting)
    yield from _batches(wanted, waiting)


def _batches(wanted: dict[str, Shape], waiting: dict[str, list[dict[str, object]]]) -> RowStream:
    for kind in sorted(waiting):
        schema = wanted[kind].schema()
        columns = [
            pa.array([_value(field.name, row.get(field.name)) for row in waiting[kind]], field.type)
            for field in schema
        ]
        yield Rows(wanted[kind], pa.RecordBatch.from_arrays(columns, schema=schema))
    waiting.clear()


def _value(name: str, value: object) -> object:
    return value if value is None or name in _NUMBERS else well_formed(str(value))
