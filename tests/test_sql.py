"""All SQL of the project: no step gives a column twice, of which DuckDB would take the first without a word."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

import trackway
from trackway.correlate.run import MODELS
from trackway.schema import TABLES

ROOT = Path(str(files(trackway)))
MODEL_FILES = [ROOT / "correlate" / "models" / f"{model}.sql" for model in MODELS]
OTHER_FILES = sorted({*ROOT.rglob("*.sql")} - {*MODEL_FILES})

Columns = Mapping[str, list[str]]
"""Tables and steps, and their columns as far as they are known."""


def given(query: exp.Expression, known: Columns, twice: list[str]) -> list[str]:
    """Return the columns that a query gives, as far as its syntax and `known` tell; note those given twice."""
    if isinstance(query, exp.Subquery):
        return given(query.this, known, twice)
    if isinstance(query, exp.Table):
        return [*known.get(query.name, [])]
    if not isinstance(query, exp.Query):
        return []
    inside = {**known}
    steps = query.args.get("with_")
    for step in steps.expressions if steps else ():
        inside[step.alias] = given(step.this, inside, twice)
    if isinstance(query, exp.SetOperation):
        given(query.right, inside, [])  # the left side names the columns
        return given(query.left, inside, twice)
    assert isinstance(query, exp.Select)
    read = sources(query, inside, twice)
    found = [name for column in query.expressions for name in names(column, read)]
    twice += [name for name in {*found} if found.count(name) > 1]
    return found


def sources(query: exp.Select, inside: Columns, twice: list[str]) -> dict[str, list[str]]:
    """Return what stands behind FROM and its joins, by the name that it goes by."""
    first = query.args.get("from_")
    joins = query.args.get("joins") or ()
    read: dict[str, list[str]] = {}
    for join in joins:
        shared = {column.name for column in join.args.get("using") or ()}
        kept = join.kind not in {"SEMI", "ANTI"} and join.side not in {"SEMI", "ANTI"}
        columns = given(join.this, inside, twice)
        read[join.this.alias_or_name] = [name for name in columns if name not in shared] if kept else []
    return {first.this.alias_or_name: given(first.this, inside, twice), **read} if first else read


def names(column: exp.Expression, read: Mapping[str, list[str]]) -> list[str]:
    """Return the names that a column of a SELECT gives; a star gives those of what is read."""
    star = column.this if isinstance(column, exp.Column) and isinstance(column.this, exp.Star) else column
    if not isinstance(star, exp.Star):
        return [column.alias_or_name] if isinstance(column, exp.Alias | exp.Column) else []
    tables = (
        [read.get(column.table, [])] if isinstance(column, exp.Column) and column.table else read.values()
    )
    left_out = {part.name for part in star.args.get("except_") or ()}
    return [name for table in tables for name in table if name not in left_out]


def selects(path: Path) -> list[exp.Expression]:
    try:
        found = sqlglot.parse(path.read_text(encoding="utf-8"), dialect="duckdb")
    except sqlglot.ParseError:
        pytest.skip("sqlglot does not know all of its syntax")
    return [statement for statement in found if statement]


@cache
def known_tables() -> dict[str, list[str]]:
    """Return the columns of the tables of a case, and of every model."""
    known = {table.name: [column.name for column in table.columns] for table in TABLES.values()}
    for path in MODEL_FILES:
        known.setdefault(path.stem, given(selects(path)[0], known, []))
    return known


@pytest.mark.parametrize("path", [*MODEL_FILES, *OTHER_FILES], ids=lambda path: path.stem)
def test_no_step_gives_a_column_twice(path):
    twice: list[str] = []
    for statement in selects(path):
        for query in statement.find_all(exp.Select, exp.SetOperation):
            if not query.find_ancestor(exp.With, exp.Select, exp.SetOperation):
                given(query, known_tables(), twice)
    assert twice == []


@pytest.mark.parametrize(
    "text",
    [
        "WITH told AS (SELECT s.*, p.image AS requester FROM story AS s, process AS p) SELECT * FROM told",
        "SELECT *, 1 AS story FROM story",
        "SELECT a.*, b.* FROM (SELECT 1 AS x) AS a, (SELECT 2 AS x) AS b",
    ],
)
def test_a_column_that_is_given_twice_is_found(text):
    twice: list[str] = []
    given(sqlglot.parse_one(text, dialect="duckdb"), known_tables(), twice)
    assert twice
