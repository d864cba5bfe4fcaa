"""The rows that the pages list, how soon each is worth reading, and each story in words.

`rank` makes the temporary table `relevant` of a connection, `prepare` also `row`; everything else reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import duckdb

from trackway import query

SURE: Final = 0.8
"""Below this probability a sentence says "probably"."""


def rank(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables `telling` and `relevant` of a connection of `Case.connect`."""
    connection.execute("SET enable_progress_bar = false")  # DuckDB would draw over what a command says
    groups = query.summarised(connection, "connections", outbound=None)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW summary AS {groups}")
    for name in ("telling", "relevant"):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {text(name)}")


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of `rank`, and `row`."""
    rank(connection)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE row AS {text('row')}")


def sentences(
    connection: duckdb.DuckDBPyConnection, identifiers: Sequence[str] | None = None
) -> dict[str, str]:
    """Return stories in words, by identifier; all by default."""
    connection.execute("SET VARIABLE identifiers = $1::VARCHAR[]", [identifiers])
    connection.execute("SET VARIABLE sure = $1::DOUBLE", [SURE])
    return dict(connection.execute(text("sentence")).fetchall())


@cache
def text(name: str) -> str:
    """Return the query `NAME.sql` of this package."""
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
