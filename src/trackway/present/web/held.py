"""Tables that stand in for a case's own: the same queries run on them, and read much less.

A temporary table or view hides the case's view of the same name. `slim` leaves only the columns that filters
read, so that a word means the same here as on the command line; `own` only the rows that some stories need.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Final

import duckdb

from trackway import query

_SOUGHT: Final = ("story", "process", "lookup")
_OWN: Final = ("story", "lookup", "link", "script", "process")
"""In the order in which each can be made from those before."""

_SPAN: Final = """
    SELECT min(time_from)::BIGINT, max(time_from)::BIGINT FROM row
    WHERE list_contains($1::VARCHAR[], story)
"""


def slim(connection: duckdb.DuckDBPyConnection) -> None:
    """Let the filters of stories read slim tables on this connection from now on.

    They and the table `row` move to a database in memory that DuckDB compresses, to a tenth and less.
    """
    connection.execute("ATTACH ':memory:' AS held (COMPRESS)")
    connection.execute("CREATE TABLE held.row AS FROM row")
    for table in ("row", "relevant", "telling"):
        connection.execute(f"DROP TABLE temp.{table}")
    for table in _SOUGHT:
        connection.execute(f"CREATE TABLE held.{table} AS {_text(f'sought_{table}')}")
    connection.execute("CHECKPOINT held")
    for table in ("row", *_SOUGHT):
        connection.execute(f"CREATE TEMP VIEW {table} AS FROM held.{table}")


@contextmanager
def own(
    connection: duckdb.DuckDBPyConnection, identifiers: Sequence[str]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Lend a connection to a case that holds only these stories, and what stands behind them.

    Args:
        connection: one that `slim` has seen.
        identifiers: of stories.
    """
    span = connection.execute(_SPAN, [list(identifiers)]).fetchone() or (None, None)
    with connection.cursor() as lent:
        lent.execute("SET TimeZone = 'UTC'")
        lent.execute("SET VARIABLE identifiers = $1::VARCHAR[]", [list(identifiers)])
        lent.execute("SET VARIABLE first = $1::BIGINT", [span[0]])
        lent.execute("SET VARIABLE last = $1::BIGINT", [span[1]])
        query.prepare(lent)
        for table in _OWN:
            lent.execute(f"CREATE TEMP TABLE {table} AS {_text(f'own_{table}')}")
        yield lent


@cache
def _text(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
