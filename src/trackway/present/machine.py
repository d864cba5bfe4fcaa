"""JSON, JSON lines and CSV: one page of rows at a time, UTF-8, the same bytes on every system."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO, Final

import duckdb
import pyarrow as pa

from trackway.present.cells import cell, timed
from trackway.present.visible import escaped, visible

_FORMULA: Final = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
"""A spreadsheet takes a cell that begins so for a formula; the last four are wide forms of = + - @."""


def write_jsonl(pages: Iterable[pa.Table], out: BinaryIO) -> None:
    """Write one object a line; times in ISO 8601 with Z, null for unknown."""
    for line in _objects(pages):
        out.write(line.encode() + b"\n")


def write_json(pages: Iterable[pa.Table], out: BinaryIO) -> None:
    """Write one array of the same objects, without ever holding all of them."""
    separator = b"[\n"
    for line in _objects(pages):
        out.write(separator + line.encode())
        separator = b",\n"
    out.write(b"\n]\n" if separator == b",\n" else b"[]\n")


def write_csv(pages: Iterable[pa.Table], out: BinaryIO) -> None:
    r"""Write a header and a line for each row.

    Objects become columns (`process_pid`), lists are joined by `; `. What a person could not see is written
    out (`\n`, `\x1b`), and a text that a spreadsheet would take for a formula gets a `'` in front.
    """
    header: list[str] = []
    for page in pages:
        if not header:
            header = [name for field in page.schema for name in _columns(field)]
            out.write(_csv_line(header))
        for row in timed(page).to_pylist():
            out.write(
                _csv_line(
                    _csv_cell(value)
                    for field in page.schema
                    for value in _values(field.type, row[field.name])
                )
            )


def _objects(pages: Iterable[pa.Table]) -> Iterator[str]:
    with duckdb.connect() as db:
        for page in pages:
            rows = timed(page)  # noqa: F841  DuckDB reads it by name
            for (line,) in db.execute("SELECT CAST(to_json(rows) AS VARCHAR) FROM rows").fetchall():
                yield escaped(line)


def _columns(field: pa.Field) -> Iterator[str]:
    """Yield the CSV columns of a column: one, or one for each field of an object."""
    if not pa.types.is_struct(field.type):
        yield field.name
        return
    for inner in field.type.fields:
        yield field.name if inner.name == field.name else f"{field.name}_{inner.name}"


def _values(kind: pa.DataType, value: Mapping[str, object] | None) -> Iterator[object]:
    if not pa.types.is_struct(kind):
        yield value
        return
    for inner in kind.fields:
        yield value[inner.name] if value else None


def _csv_cell(value: object) -> str:
    text = visible(cell(value))
    is_number = isinstance(value, int | float)
    return f"'{text}" if text.startswith(_FORMULA) and not is_number else text


def _csv_line(cells: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()
