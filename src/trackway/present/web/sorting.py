"""Rows of a view in the order of one of its columns, null last; the view's own order decides ties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import duckdb
import pyarrow as pa

from trackway import query
from trackway.errors import UsageError
from trackway.filters import Filters

_KEYED: Final = {"lookups": "lookup", "processes": "process", "scripts": "script"}
"""Tables of the views that are put together page by page; each is keyed by the column of its own name."""

_PROCESS: Final = frozenset({"process", "parent"})
"""Columns that show a process and go by its program."""

_RENUMBERED: Final = """
    CREATE OR REPLACE TEMP TABLE chosen AS
    SELECT c.* REPLACE (row_number() OVER (ORDER BY {key} {way} NULLS LAST, c.number) AS number)
    FROM chosen AS c
    INNER JOIN {table} AS b ON c.host = b.host AND c.identifier = b.{table}
    LEFT JOIN process AS p ON p.process = {process}
"""
_SORTED: Final = """
    CREATE OR REPLACE TEMP TABLE sorted AS
    SELECT * EXCLUDE (number)
    FROM (SELECT *, row_number() OVER () AS number FROM ({statement}))
    ORDER BY {key} {way} NULLS LAST, number
"""


class Rows(Protocol):
    """Rows that were counted at once and are fetched as they are needed."""

    @property
    def total(self) -> int:
        """All rows."""
        ...

    def rows(self, first: int, last: int) -> pa.Table:
        """Return rows `first` to `last`, counted from 0, the last not among them."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """A column of a view, and which way."""

    column: str
    descending: bool


@dataclass(frozen=True, slots=True)
class _Sorted:
    connection: duckdb.DuckDBPyConnection
    total: int

    def rows(self, first: int, last: int) -> pa.Table:
        statement = "SELECT * FROM sorted WHERE rowid >= $1 AND rowid < $2 ORDER BY rowid"
        return self.connection.execute(statement, [first, last]).to_arrow_table()


def asked(connection: duckdb.DuckDBPyConnection, view: str, filters: Filters, order: Order | None) -> Rows:
    """Ask for the rows of a view in an order; without one in its own.

    Raises:
        UsageError: the view is not there, or cannot be sorted by that column.
    """
    answer = query.ask(connection, view, filters)
    if order is None:
        return answer
    names = answer.rows(0, 0).schema
    if order.column not in sortable(connection, view, names):
        raise UsageError(f"{view}: cannot be sorted by {order.column}")
    way = "DESC" if order.descending else "ASC"
    if view not in _KEYED:
        statement = query.chosen(connection, view, filters)
        key = _key(f'"{order.column}"', names.field(order.column).type)
        connection.execute(_SORTED.format(statement=statement, key=key, way=way))
        return _Sorted(connection, answer.total)
    is_process = (order.column in _PROCESS and view != "processes") or order.column == "parent"
    key = (
        "lower(base_of(p.image))"
        if is_process
        else _key(f'b."{order.column}"', names.field(order.column).type)
    )
    process = f"b.{order.column}" if is_process else "NULL"
    connection.execute(_RENUMBERED.format(table=_KEYED[view], key=key, way=way, process=process))
    return answer


def sortable(connection: duckdb.DuckDBPyConnection, view: str, names: pa.Schema) -> list[str]:
    """Return the columns that a view can be sorted by: all but those that are put together for a page only."""
    if view not in _KEYED:
        return list(names.names)
    own = {name for name, *_ in connection.execute(f"DESCRIBE {_KEYED[view]}").fetchall()}
    return [name for name in names.names if name in own]


def _key(column: str, kind: pa.DataType) -> str:
    """Return what a column sorts by: texts without letter case, what is nested by its text."""
    if pa.types.is_string(kind):
        return f"lower({column})"
    return f"lower(CAST({column} AS VARCHAR))" if pa.types.is_nested(kind) else column
