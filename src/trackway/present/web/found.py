"""What questions found lately: for each the numbers of its stories, in the order asked for."""

from __future__ import annotations

from typing import Final

import duckdb

from trackway import query
from trackway.errors import UsageError
from trackway.present.pages import line as lines

ORDERS: Final = {
    "relevance": "relevance",
    "time": "time_from",
    "host": "lower(host)",
    "process": "lower(process)",
    "user": 'lower("user")',
    "parent": "lower(parent)",
    "name": "lower(name)",
    "remote": "lower(remote_address)",
    "port": "remote_port",
    "protocol": "protocol",
    "direction": "direction",
    "action": "action",
    "confidence": "confidence",
}
_KEPT: Final = 8
_WHOLE: Final = {"stories": ("row", "relevance"), "lookups": ("lookup", "number")}
"""Where all rows of a view are, and the number that each goes by."""

_NARROWED: Final = """
    CREATE OR REPLACE TEMP TABLE kept_{key} AS
    SELECT {key} FROM {kept} {way} JOIN (SELECT {key} FROM ({chosen})) USING ({key})
"""
_ORDERED: Final = "CREATE OR REPLACE TEMP TABLE {table} AS SELECT relevance FROM row {among} ORDER BY {order}"


class Found:
    """The answers to the last questions, as tables of one connection.

    A story goes by its place in the order of relevance, which is a number.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Begin with none.

        Args:
            connection: one that `held.slim` has seen.
        """
        self._db = connection
        self._tables: dict[tuple[str, str, bool], str] = {}

    def show(self, line: str, order: str, *, descending: bool) -> None:
        """Let the view `found` hold place (from 0) and relevance of each story that a question finds.

        Raises:
            UsageError: the line or the order is not understood.
        """
        if order not in ORDERS:
            raise UsageError(f"{order}: there is no such order; there are {', '.join(ORDERS)}")
        key = (line, order, descending)
        order = _order(order, descending=descending)
        table = self._tables.pop(key, None) or self._find(lines.parse(line), order)
        self._tables[key] = table
        self._db.execute(
            f"CREATE OR REPLACE TEMP VIEW found AS SELECT rowid AS place, relevance FROM {table}"  # noqa: S608  our own name
        )

    def _find(self, terms: list[lines.Term], order: str) -> str:
        """Make a table of the stories that the terms want, in order, and forget the oldest one."""
        while len(self._tables) >= _KEPT:
            self._db.execute(f"DROP TABLE {self._tables.pop(next(iter(self._tables)))}")
        table = next(
            f"found_{number}" for number in range(_KEPT) if f"found_{number}" not in self._tables.values()
        )
        among = f"SEMI JOIN {self._narrowed(terms, 'stories')} USING (relevance)" if terms else ""
        self._db.execute(_ORDERED.format(table=table, among=among, order=order))
        return table

    def show_lookups(self, line: str) -> bool:
        """Let the view `kept` hold the numbers of the look-ups that a line finds; say whether it can ask for them."""
        terms = lines.parse(line)
        can_be = {term.word for term in terms} <= set(query.VIEWS["lookups"].filters)
        kept = self._narrowed(terms, "lookups") if can_be else "(FROM lookup LIMIT 0)"
        self._db.execute(f"CREATE OR REPLACE TEMP VIEW kept AS SELECT number FROM {kept}")  # noqa: S608  our own names
        return can_be

    def _narrowed(self, terms: list[lines.Term], view: str) -> str:
        """Return the table of the rows that all terms want; without terms it is all of them."""
        kept, key = _WHOLE[view]
        for filters, is_wanted in lines.filters(terms):
            chosen = query.chosen(self._db, view, filters)
            way = "SEMI" if is_wanted else "ANTI"
            self._db.execute(_NARROWED.format(key=key, kept=kept, way=way, chosen=chosen))
            kept = f"kept_{key}"
        return kept


def _order(order: str, *, descending: bool) -> str:
    """Return the order of a question; null comes last either way, host and time decide ties."""
    way = "DESC" if descending else "ASC"
    ties = "" if order == "relevance" else ", host, time_from NULLS FIRST, time_to NULLS LAST, story"
    return f"{ORDERS[order]} {way} NULLS LAST{ties}"
