"""The tables of one host, one model after the other; a model of which its needs say that it is empty is not planned.

To plan a model costs more than to run it on a small host, and most hosts lack most kinds of evidence. What a model
`needs` stands in its header: `a or b; c` says that without a row in `a` or `b` it has none, nor without one in `c`.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

import duckdb

from trackway.correlate import sysmon
from trackway.errors import ModelError

_COLUMNS: Final[dict[str, str]] = {}
"""Columns of the models that were empty before, as SQL: they are the same for every host."""


@cache
def text(folder: str, name: str) -> str:
    """Return the SQL of a model."""
    return files(__package__).joinpath(folder, f"{name}.sql").read_text(encoding="utf-8")


@cache
def needs(model: str) -> tuple[frozenset[str], ...]:
    """Return groups of tables: where all of one group are empty, so is the model."""
    said = re.search(r"^-- needs:  (.+)$", text("models", model), flags=re.MULTILINE)
    return tuple(frozenset(group.split(" or ")) for group in said[1].split("; ")) if said else ()


class Tables:
    """The tables of one host in a database, and which of them have no rows."""

    def __init__(self, db: duckdb.DuckDBPyConnection) -> None:
        """Look at the tables that are there."""
        self._db = db
        # an estimate is not enough to leave evidence out
        thought = db.execute("SELECT table_name FROM duckdb_tables() WHERE estimated_size = 0").fetchall()
        self._empty = {name for (name,) in thought if not db.execute(f'FROM "{name}" LIMIT 1').fetchall()}

    def make(self, model: str) -> None:
        """Make the table of a model.

        Raises:
            ModelError: the model does not fit the tables.
        """
        try:
            if self.is_empty(model):
                self._make_empty(model)
            elif self._db.execute(f"CREATE TABLE {model} AS {text('models', model)}").fetchall() == [(0,)]:
                self._empty.add(model)
        except duckdb.Error as error:
            raise ModelError(f"{model}.sql: {error}") from error
        if model == "sysmon_asked":
            self._judge()

    def is_empty(self, model: str) -> bool:
        """Return whether a table is empty, or a model would be; false where that is not known."""
        return model in self._empty or any(group <= self._empty for group in needs(model))

    def _make_empty(self, model: str) -> None:
        if model in _COLUMNS:
            self._db.execute(f"CREATE TABLE {model} ({_COLUMNS[model]})")
        else:
            self._db.execute(f"CREATE TABLE {model} AS {text('models', model)} WITH NO DATA")
            made = self._db.table(model)
            columns = zip(made.columns, made.types, strict=True)
            _COLUMNS[model] = ", ".join(f'"{name}" {kind}' for name, kind in columns)
        self._empty.add(model)

    def _judge(self) -> None:
        verdicts = sysmon.said(self._db)
        self._db.execute("CREATE TABLE sysmon_verdict AS FROM verdicts")
        if not verdicts.num_rows:
            self._empty.add("sysmon_verdict")
