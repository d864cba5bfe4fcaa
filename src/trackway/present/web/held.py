"""Tables that stand in for a case's own: the same queries run on them, and read much less.

A temporary table or view hides the case's view of the same name. `slim` leaves only the columns that filters
and lists read, so that a word means the same here as on the command line; `own` only the rows that some
stories need. Those are read from the case by file and row, without a search.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Final

import duckdb

from trackway import query
from trackway.case import Case, files_of
from trackway.schema import TABLES

_SOUGHT: Final = ("process", "lookup", "story")
"""In the order in which each can be made from those before."""

_RELEVANT: Final = "SELECT story, marks, alike, is_first, relevance FROM held.story"
_TAKEN: Final = """
    INSERT INTO {table}
    SELECT * EXCLUDE (file_row_number)
    FROM read_parquet($1, hive_partitioning = false, file_row_number = true)
    WHERE file_row_number IN (SELECT unnest($2::BIGINT[]))
    ORDER BY file_row_number
"""


def slim(connection: duckdb.DuckDBPyConnection, case: Case) -> None:
    """Let the filters of stories read slim tables on this connection from now on.

    They stand in a database in memory that DuckDB compresses, to a tenth and less.

    Args:
        connection: one that `rows.rank` has seen.
        case: the case that it is of.
    """
    connection.execute("ATTACH ':memory:' AS held (COMPRESS)")
    for table in _SOUGHT:
        _site(connection, case, table)
        connection.execute(f"CREATE TABLE held.{table} AS {_text(f'sought_{table}')}")
        connection.execute(f"CREATE TEMP VIEW {table} AS FROM held.{table}")
    connection.execute("CHECKPOINT held")
    for table in ("relevant", "telling"):
        connection.execute(f"DROP TABLE temp.{table}")
    for view, statement in (("relevant", _RELEVANT), ("row", _text("row"))):
        connection.execute(f"CREATE TEMP VIEW {view} AS {statement}")


@contextmanager
def own(
    connection: duckdb.DuckDBPyConnection, identifiers: Sequence[str]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Lend a connection to a case that holds only these stories, and what stands behind them.

    Args:
        connection: one that `slim` has seen.
        identifiers: of stories.
    """
    with connection.cursor() as lent:
        lent.execute("SET TimeZone = 'UTC'")
        query.prepare(lent)
        lent.execute("SET VARIABLE identifiers = $1::VARCHAR[]", [list(identifiers)])
        for table in ("story", "lookup", "script", "link", "process"):
            if table in _SOUGHT:
                _take(lent, table, lent.execute(_text(f"own_{table}")).fetchall())
            else:
                lent.execute(f"CREATE TEMP TABLE {table} AS {_text(f'own_{table}')}")
        yield lent


def _site(connection: duckdb.DuckDBPyConnection, case: Case, table: str) -> None:
    """Make the view `sited_TABLE`, which also says which row of which file each row is."""
    found = [str(file) for file in files_of(case.path, TABLES[table])]
    if found:
        relation = connection.read_parquet(
            found, hive_partitioning=False, filename=True, file_row_number=True
        )
        relation.create_view(f"sited_{table}")
    else:
        connection.execute(
            f"CREATE VIEW sited_{table} AS SELECT *, '' AS filename, 0 AS file_row_number FROM {table}"  # noqa: S608  our own tables
        )


def _take(connection: duckdb.DuckDBPyConnection, table: str, places: Sequence[tuple[str, int]]) -> None:
    """Make a temporary table of rows of the case by their places."""
    connection.execute(f"CREATE TEMP TABLE {table} AS FROM memory.main.{table} LIMIT 0")
    rows: dict[str, list[int]] = {}
    for file, row in places:
        rows.setdefault(file, []).append(row)
    for file, numbers in sorted(rows.items()):
        connection.execute(_TAKEN.format(table=table), [file, numbers])


@cache
def _text(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
