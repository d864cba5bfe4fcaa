"""The rows that the pages list, how soon each is worth reading, and each story in words.

`prepare` makes the temporary tables `relevant` and `row` of a connection; everything else here reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import duckdb
import pyarrow as pa

from trackway import query

SURE: Final = 0.8
"""Below this probability a sentence says "probably"."""

_EVERYTHING: Final = 10_000_000


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables `telling`, `relevant` and `row` of a connection of `Case.connect`."""
    connection.execute("SET enable_progress_bar = false")  # DuckDB would draw over what a command says
    telling = [
        row
        for outbound in (True, False)
        for row in query.summary(connection, "connections", _EVERYTHING, outbound=outbound)
    ]
    columns = ("host", "direction", "image", "destination", "port", "marks", "connections")
    kinds = (pa.string(), pa.string(), pa.string(), pa.string(), pa.int64(), pa.int64(), pa.int64())
    groups = pa.table(  # noqa: F841  DuckDB reads it by name
        {
            name: pa.array([row[name] for row in telling], kind)
            for name, kind in zip(columns, kinds, strict=True)
        }
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE telling AS FROM groups")
    for name in ("relevant", "row"):
        connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {text(name)}')


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
