"""Records that the evidence holds more than once: live and in a shadow copy, in two exports, in one twice.

Each counts once, or a connection would have more witnesses than it has, and rarity would be lost.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Final

import duckdb

from trackway.schema import OBSERVATIONS
from trackway.sources import installed

_NOT_CONTENT: Final = (
    "host file line record recorded recorded_width recorded_basis ingested zoned time_from time_to user"
).split()
"""Columns in which exports of one record differ: where it stands, how its time is written, who is named how."""


def keep_once(db: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Delete every observation that stands there once more, and return how many of each file went."""
    gone = Counter[str]()
    for table in OBSERVATIONS:
        if not db.execute(f"SELECT EXISTS (FROM {table.name})").fetchall()[0][0]:
            continue
        content = ", ".join(f'"{column.name}"' for column in table.columns if column.name not in _NOT_CONTENT)
        db.execute(
            f"CREATE TEMP VIEW observation AS SELECT rowid AS place, *, hash({content}) AS content FROM {table.name}"  # noqa: S608  our own names
        )
        db.execute(f"CREATE TEMP TABLE twice AS {_sql()}")
        counted = "SELECT file, count(*) FROM twice WHERE list_contains(string_split($1, ' '), source) GROUP BY file"
        gone.update(dict(db.execute(counted, [_kinds()]).fetchall()))
        db.execute(f"DELETE FROM {table.name} WHERE rowid IN (SELECT place FROM twice)")  # noqa: S608  as above
        db.execute("DROP TABLE twice")
        db.execute("DROP VIEW observation")
    return dict(sorted(gone.items()))


@cache
def _kinds() -> str:
    """Return the kinds of observation that stand for a record, with blanks between; others are told by the way.

    They are one text, since DuckDB looks for Pandas anew at every element of a list.
    """
    return " ".join(sorted(kind for source in installed().values() for kind in source.kinds))


@cache
def _sql() -> str:
    return files(__package__).joinpath("once.sql").read_text(encoding="utf-8")
