"""What a case answers: the tables that users see, filtered, counted and put together.

A view is asked in two steps. `VIEW_chosen.sql` reads the slim columns and keeps the identifiers that the
filters want, in order; `VIEW.sql` puts only those together, page by page, so that twenty stories of a
million are quick and a million are never in memory at once. Flat tables need one step only. The words of the
filters reach the SQL as DuckDB variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from ipaddress import ip_address
from typing import Final

import duckdb
import pyarrow as pa

from trackway.errors import CaseError, ModelError, UsageError
from trackway.filters import WORDS, Filters, Network, option
from trackway.query.views import VIEWS as VIEWS
from trackway.query.views import View

ROWS_A_PAGE: Final = 20_000
"""Rows put together at once; a page costs one look at every table that explains it."""

_HELD: Final = ("process_wanted", "process_holding", "script_holding")
"""Tables that the queries of identifiers look into."""

_WANTED: Final = """
    CREATE OR REPLACE TEMP TABLE wanted AS SELECT identifier, host, time_from, time_to FROM ({chosen})
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that a question chose, counted at once and fetched as they are needed.

    It is read before the next question is asked of the same connection.

    Attributes:
        view: name in `VIEWS`.
        total: rows that the filters want.
        count: rows that the limit leaves.
    """

    view: str
    total: int
    count: int
    _connection: duckdb.DuckDBPyConnection = field(repr=False)

    def pages(self) -> Iterator[pa.Table]:
        """Yield the rows in order, a bounded number at a time; at least one page, which may be empty."""
        if VIEWS[self.view].chosen is None:
            yield from self._flat_pages()
            return
        for first in range(1, max(self.count, 1) + 1, ROWS_A_PAGE):
            yield self._page(first, min(first + ROWS_A_PAGE - 1, self.count))

    def table(self) -> pa.Table:
        """Return all rows as one Arrow table; times are UTC in microseconds."""
        return pa.concat_tables(list(self.pages()))

    def rows(self, first: int, last: int) -> pa.Table:
        """Return rows `first` to `last`, counted from 0, the last not among them, as far as there are any."""
        last = min(last, self.count)
        if VIEWS[self.view].chosen:
            return self._page(first + 1, max(first, last))
        _set(self._connection, "first", "BIGINT", first)
        _set(self._connection, "count", "BIGINT", max(0, last - first))
        statement = f"FROM ({_text(self.view)}) LIMIT getvariable('count') OFFSET getvariable('first')"
        return _run(self._connection, statement).to_arrow_table()

    def _page(self, first: int, last: int) -> pa.Table:
        """Return rows `first` to `last`, counted from 1."""
        _set(self._connection, "first", "BIGINT", first)
        _set(self._connection, "last", "BIGINT", last)
        page = _run(self._connection, _text(self.view)).to_arrow_table()
        if page.num_rows != last - first + 1:
            raise ModelError(f"{self.view}.sql: {page.num_rows} rows for {last - first + 1} identifiers")
        return page

    def _flat_pages(self) -> Iterator[pa.Table]:
        statement = f"FROM ({_text(self.view)}) LIMIT getvariable('count')"
        _set(self._connection, "count", "BIGINT", self.count)
        reader = _run(self._connection, statement).to_arrow_reader(ROWS_A_PAGE)
        yield reader.schema.empty_table()
        yield from (pa.Table.from_batches([batch]) for batch in reader)


def ask(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    filters: Filters | None = None,
    limit: int | None = None,
    *,
    identifiers: Sequence[str] | None = None,
) -> Answer:
    """Choose rows of a view.

    Args:
        connection: of `Case.connect`; gets variables and temporary tables.
        view: name in `VIEWS`.
        filters: what the rows must be.
        limit: most rows to give, the first ones in order; all by default.
        identifiers: only these stories, look-ups, processes or scripts.

    Raises:
        UsageError: there is no such view, a filter is not one of its own, or the limit is negative.
    """
    statement = chosen(connection, view, filters or Filters(), identifiers)
    if limit is not None and limit < 0:
        raise UsageError(f"--limit {limit}: give a number from 0 on")
    _set(connection, "limit", "BIGINT", limit)
    total = _choose(connection, statement) if VIEWS[view].chosen else _count(connection, f"({statement})")
    return Answer(view, total, total if limit is None else min(total, limit), connection)


def chosen(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    filters: Filters,
    identifiers: Sequence[str] | None = None,
) -> str:
    """Return the query of the rows that filters want; this connection can answer it until it is asked anew.

    Args:
        connection: of `Case.connect`; gets variables and temporary tables.
        view: name in `VIEWS`.
        filters: what the rows must be.
        identifiers: only these stories, look-ups, processes or scripts.

    Raises:
        UsageError: there is no such view, or a filter is not one of its own.
    """
    _require(view, filters)
    prepare(connection)
    for name, kind, value in filters.variables():
        _set(connection, name, kind, value)
    _set(connection, "identifiers", "VARCHAR[]", identifiers)
    _choose_addresses(connection, VIEWS[view], filters.address)
    if VIEWS[view].chosen is None:
        return _text(view)
    for name in _HELD:
        _run(connection, f"CREATE OR REPLACE TEMP TABLE {name} AS {_text(name)}")
    return _text(str(VIEWS[view].chosen))


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the macros that the queries use; `ask` does so by itself."""
    for name in ("macros", "shapes"):
        _run(connection, _text(name))


def stories(
    connection: duckdb.DuckDBPyConnection, filters: Filters | None = None, limit: int | None = None
) -> pa.Table:
    """Return connections with everything that explains them, in the shape of `docs/commands.md`."""
    return ask(connection, "stories", filters, limit).table()


def connections(
    connection: duckdb.DuckDBPyConnection, filters: Filters | None = None, limit: int | None = None
) -> pa.Table:
    """Return connections on one line each."""
    return ask(connection, "connections", filters, limit).table()


def lookups(
    connection: duckdb.DuckDBPyConnection, filters: Filters | None = None, limit: int | None = None
) -> pa.Table:
    """Return name resolutions, who asked, and the stories that used the answer."""
    return ask(connection, "lookups", filters, limit).table()


def processes(
    connection: duckdb.DuckDBPyConnection, filters: Filters | None = None, limit: int | None = None
) -> pa.Table:
    """Return process instances, each with its parent."""
    return ask(connection, "processes", filters, limit).table()


def whole_identifier(connection: duckdb.DuckDBPyConnection, prefix: str) -> str:
    """Return the identifier of the one story that begins with `prefix`.

    Raises:
        CaseError: no story does.
        UsageError: several do.
    """
    found = [row[0] for row in connection.execute(_text("story_beginning"), [prefix.lower()]).fetchall()]
    if not found:
        raise CaseError(f"--story {prefix}: the case has no such story; `trackway show CASE` lists them")
    if len(found) > 1:
        raise UsageError(f"--story {prefix}: several stories begin so ({', '.join(found)}); give more of it")
    return str(found[0])


def summary(
    connection: duckdb.DuckDBPyConnection, name: str, top: int, *, outbound: bool = True
) -> list[dict[str, object]]:
    """Return the first rows of one of the queries `summary_NAME.sql`.

    Args:
        connection: of `Case.connect`.
        name: hosts, sources, connections, clocks, blind or skipped.
        top: most rows to give; the column `groups`, where there is one, counts all.
        outbound: of connections, outbound ones or all others.
    """
    statement = f"FROM ({summarised(connection, name, outbound=outbound)}) LIMIT getvariable('count')"
    _set(connection, "count", "BIGINT", top)
    rows: list[dict[str, object]] = _run(connection, statement).to_arrow_table().to_pylist()
    return rows


def summarised(connection: duckdb.DuckDBPyConnection, name: str, *, outbound: bool | None) -> str:
    """Return the query `summary_NAME.sql`, which this connection can answer now; null asks for both ways."""
    _run(connection, _text("macros"))
    _set(connection, "outbound", "BOOLEAN", outbound)
    return _text(f"summary_{name}")


def _require(view: str, filters: Filters) -> None:
    if view not in VIEWS:
        raise UsageError(f"{view}: there is no such table; there are {', '.join(VIEWS)}")
    idle = sorted(filters.given() - set(VIEWS[view].filters))
    if idle:
        accepted = ", ".join(option(word) for word in WORDS if word in VIEWS[view].filters)
        raise UsageError(f"{option(idle[0])}: {view} cannot be filtered by that, but by {accepted}")


def _choose(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    """Make the table `chosen`, numbered in order and cut to the limit; return how many rows are wanted."""
    _run(connection, _WANTED.format(chosen=statement))
    _run(connection, f"CREATE OR REPLACE TEMP TABLE chosen AS {_text('chosen')}")
    return _count(connection, "wanted")


def _choose_addresses(connection: duckdb.DuckDBPyConnection, view: View, network: Network | None) -> None:
    """Make the table `address_wanted`: DuckDB has no networks, so each different address is decided here."""
    asks = network is not None and view.addresses is not None
    _set(connection, "asks_address", "BOOLEAN", asks)
    texts = _run(connection, _text(str(view.addresses))).fetchall() if asks else []
    wanted = [text for (text,) in texts if _lies_in(text, network)]
    rows = pa.table({"address": pa.array(wanted, pa.string())})  # noqa: F841  DuckDB reads it by name
    connection.execute("CREATE OR REPLACE TEMP TABLE address_wanted AS SELECT address FROM rows")


def _lies_in(text: str | None, network: Network | None) -> bool:
    try:
        return network is not None and ip_address(text or "") in network
    except ValueError:
        return False


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {relation}").fetchone()  # noqa: S608  our own queries
    return int(row[0]) if row else 0


def _set(connection: duckdb.DuckDBPyConnection, name: str, kind: str, value: object) -> None:
    connection.execute(f'SET VARIABLE "{name}" = $1::{kind}', [value])


def _run(connection: duckdb.DuckDBPyConnection, statement: str) -> duckdb.DuckDBPyConnection:
    try:
        return connection.execute(statement)
    except duckdb.Error as error:
        raise ModelError(f"{statement[:60].splitlines()[0]}: {error}") from error


@cache
def _text(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
