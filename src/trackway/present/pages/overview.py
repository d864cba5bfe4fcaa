"""What a case says at a glance: whose records, the stories worth reading first, what was blind."""

from __future__ import annotations

from typing import Final, TypedDict, cast

import duckdb

from trackway import query
from trackway.case import Case
from trackway.present.cells import timed
from trackway.present.pages import told

FIRST: Final = 12
"""Stories that are told in words before any list."""

_EVERYTHING: Final = 1_000_000

_FIRST: Final = """
    SELECT story, r.host_short, v.alike, v.marks
    FROM relevant AS v INNER JOIN row AS r USING (story)
    WHERE v.is_first
    ORDER BY v.relevance
    LIMIT $1
"""

Row = dict[str, object]


class Overview(TypedDict):
    """The parts of the overview; times are ISO 8601 text."""

    version: object
    settings: object
    hosts: list[Row]
    sources: list[Row]
    first: list[Row]
    stories: int
    lookups: int
    blind: list[Row]
    clocks: list[Row]
    coverage: list[Row]
    files: list[Row]
    skipped: list[Row]


def overview(
    connection: duckdb.DuckDBPyConnection, case: Case, most_skipped: int, first: list[Row]
) -> Overview:
    """Return the overview of a case.

    Args:
        connection: of `Case.connect`.
        case: the case.
        most_skipped: records that could not be used, at most.
        first: what `placed` and `first` found.
    """
    return {
        "version": case.manifest.get("trackway"),
        "settings": case.manifest.get("settings"),
        "hosts": _summary(connection, "hosts"),
        "sources": _summary(connection, "sources"),
        "first": first,
        "stories": _count(connection, "story"),
        "lookups": _count(connection, "lookup"),
        "blind": _summary(connection, "blind"),
        "clocks": view(connection, "clocks"),
        "coverage": view(connection, "coverage"),
        "files": view(connection, "files"),
        "skipped": view(connection, "skipped", most_skipped),
    }


def placed(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return which stories are worth reading first, each of another process or destination, the best one first.

    Args:
        connection: one that `rows.prepare` has seen.
    """
    found: list[Row] = connection.execute(_FIRST, [FIRST]).to_arrow_table().to_pylist()
    return found


def first(connection: duckdb.DuckDBPyConnection, places: list[Row]) -> list[Row]:
    """Return the stories of `placed` as `told.stories` tells them, with why they are among the first."""
    found = told.stories(connection, [str(row["story"]) for row in places])
    return [row | place for row, place in zip(found, places, strict=True)]


def view(connection: duckdb.DuckDBPyConnection, name: str, limit: int | None = None) -> list[Row]:
    """Return rows of a view, times as text."""
    return cast("list[Row]", timed(query.ask(connection, name, limit=limit).table()).to_pylist())


def _summary(connection: duckdb.DuckDBPyConnection, name: str) -> list[Row]:
    return query.summary(connection, name, _EVERYTHING)


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608  our own tables
    return int(row[0]) if row else 0
