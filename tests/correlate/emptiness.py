"""Whether a query has no rows where some tables have none, as its syntax proves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import duckdb
from sqlglot import exp

_KEEPS_LEFT = {"LEFT", "ANTI"}


def is_empty(query: exp.Expression | None, empty: Mapping[str, bool]) -> bool:
    """Return true where a query cannot have rows; false where that is not certain.

    Args:
        query: a SELECT, a set operation, or what may stand behind FROM.
        empty: tables and steps, and whether they have no rows; those that are not named may have some.
    """
    if isinstance(query, exp.Table):
        call = query.this
        if isinstance(call, exp.Anonymous):
            return call.name == "moments" and empty.get(call.expressions[0].name, False)
        return empty.get(query.name, False)
    if isinstance(query, exp.Subquery):
        return is_empty(query.this, empty)
    if not isinstance(query, exp.Query):
        return False
    inside = _with_steps(query, empty)
    if isinstance(query, exp.SetOperation):
        left, right = is_empty(query.left, inside), is_empty(query.right, inside)
        return left and right if isinstance(query, exp.Union) else left
    return isinstance(query, exp.Select) and not _is_one_row(query) and _has_nothing_to_read(query, inside)


def _with_steps(query: exp.Query, empty: Mapping[str, bool]) -> dict[str, bool]:
    inside = dict(empty)
    steps = query.args.get("with_")
    for step in steps.expressions if steps else ():
        anchor = step.this.left if steps.recursive and isinstance(step.this, exp.Union) else step.this
        inside[step.alias] = is_empty(anchor, inside)
    return inside


def _has_nothing_to_read(query: exp.Select, inside: Mapping[str, bool]) -> bool:
    source = query.args.get("from_")
    if source is None:
        return False
    nothing = is_empty(source.this, inside)
    for join in query.args.get("joins") or ():
        right = is_empty(join.this, inside)
        if join.side == "RIGHT":
            nothing = right
        elif join.side == "FULL":
            nothing = nothing and right
        elif join.side not in _KEEPS_LEFT and join.kind not in _KEEPS_LEFT:
            nothing = nothing or right
    return nothing


def _is_one_row(query: exp.Select) -> bool:
    """Return whether the query sums up all its rows as one, which it also gives where there are none."""
    if query.args.get("group"):
        return False
    having = query.args.get("having")
    return any(_sums_up(found) for found in (*query.expressions, *([having] if having else [])))


def _sums_up(found: exp.Expression) -> bool:
    if isinstance(found, exp.Window | exp.Query | exp.Lambda):
        return False
    if isinstance(found, exp.AggFunc) or (
        isinstance(found, exp.Anonymous) and found.name.lower() in _aggregates()
    ):
        return True
    return any(_sums_up(part) for part in found.iter_expressions())


@cache
def _aggregates() -> frozenset[str]:
    rows = duckdb.sql(
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'aggregate'"
    )
    return frozenset(str(name) for (name,) in rows.fetchall())


def needs(query: exp.Expression, tables: Iterable[str]) -> list[list[str]]:
    """Return groups of tables, each of which leaves the query without a row where all of it are empty.

    Every table that does so alone is a group; the last is of those that do so together, if any do.
    """
    alone = [table for table in tables if is_empty(query, {table: True})]
    together = [table for table in tables if table not in alone]
    if not is_empty(query, dict.fromkeys(together, True)):
        return [[table] for table in alone]
    for table in tuple(together):
        if is_empty(query, {other: True for other in together if other != table}):
            together.remove(table)
    return [*([table] for table in alone), together]
