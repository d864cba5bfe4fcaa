"""The queries of this package: each is a file, and its parameters are DuckDB variables."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Final

import duckdb

_TYPES: Final = {
    "port": "BIGINT",
    "since": "TIMESTAMPTZ",
    "until": "TIMESTAMPTZ",
    "sources": "VARCHAR[]",
    "kinds": "VARCHAR[]",
    "names": "VARCHAR[]",
    "asked": "VARCHAR[]",
}
"""Types of the parameters that are no texts."""


def rows(db: duckdb.DuckDBPyConnection, query: str, **given: object) -> list[dict[str, Any]]:
    """Return the rows of a query by its name."""
    for word, value in given.items():
        db.execute(f'SET VARIABLE "{word}" = $1::{_TYPES.get(word, "VARCHAR")}', [value])
    found: list[dict[str, Any]] = db.execute(_text(query)).to_arrow_table().to_pylist()
    return found


def define(db: duckdb.DuckDBPyConnection, macro: str) -> None:
    """Make a macro of this package known to a connection."""
    db.execute(f"DROP MACRO IF EXISTS {macro}")
    db.execute(_text(macro))


@cache
def _text(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
