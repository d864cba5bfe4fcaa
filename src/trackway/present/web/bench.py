"""A case held open for questions: what the workbench asks, answered by DuckDB, one question at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock, Timer
from typing import Any, Final

import duckdb
import pyarrow as pa

from trackway import query
from trackway.case import Case
from trackway.errors import TrackwayError, UsageError
from trackway.filters import Filters
from trackway.present.pages import line as lines
from trackway.present.pages import rows, told
from trackway.present.pages.overview import Overview, Row, overview
from trackway.present.web import held

SECONDS: Final = 30.0
"""Longest time for one question."""

ROWS: Final = 2_000
GROUPS: Final = 5_000
EDGES: Final = 2_000
TABLE: Final = 2_000
BINS: Final = 160
SERIES: Final = 6
"""Most rows, groups, links, lines of a table, bins and series that one answer holds."""

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
GROUPINGS: Final = frozenset(
    {
        "process", "destination", "name", "user", "host", "parent", "port", "protocol", "direction", "action",
        "source",
    }
)  # fmt: skip
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_KEPT: Final = 8
_NARROWED: Final = """
    CREATE OR REPLACE TEMP TABLE kept_{key} AS
    SELECT {key} FROM {kept} {way} JOIN wanted ON {key} = identifier
"""
_KEYS: Final = {"stories": "story", "lookups": "lookup"}
_ENDS: Final = """
    SELECT min(time_from), max(time_from) FROM (SELECT time_from FROM valued UNION ALL SELECT time_from FROM asked)
"""
_ASKED: Final = "SELECT count(*), count(*) - count(time_from) FROM asked"
_MEMBERS: Final = """
    SELECT * EXCLUDE (place, value) FROM valued WHERE value IS NOT DISTINCT FROM $1::VARCHAR
    ORDER BY place LIMIT $2::BIGINT OFFSET $3::BIGINT
"""
_SKIPPED: Final = 100


class TooSlowError(TrackwayError):
    """A question took longer than `SECONDS`."""


class Bench:
    """One case and what was found in it lately; safe to be asked from several threads."""

    def __init__(self, case: Case) -> None:
        """Open the case and make the tables that every question reads."""
        self.case = case
        self._lock = Lock()
        self._db = case.connect()
        rows.prepare(self._db)
        self._found: dict[tuple[str, str, bool], str] = {}
        self._overview = overview(self._db, case, _SKIPPED)
        total = self._db.execute("SELECT count(*) FROM row").fetchone()
        self.total = int(total[0]) if total else 0
        self._whole = self._db.cursor()
        self._whole.execute("SET TimeZone = 'UTC'")
        held.slim(self._db)

    def overview(self) -> Overview:
        """Return what the case says at a glance."""
        return self._overview

    def count(self, line: str, order: str, *, descending: bool) -> int:
        """Return how many stories a question finds."""
        with self._asked(line, order, descending=descending) as db:
            found = db.execute("SELECT count(*) FROM found").fetchone()
            return int(found[0]) if found else 0

    def rows(
        self,
        line: str,
        order: str,
        first: int,
        last: int,
        *,
        descending: bool,
        group: tuple[str, str | None] | None = None,
    ) -> pa.Table:
        """Return rows `first` to `last` (counted from 0, the last not among them) of what is found.

        Args:
            line: the query line.
            order: one of `ORDERS`.
            first: the first row.
            last: the row behind the last one.
            descending: the order turned round.
            group: one of `GROUPINGS` and its value; the rows are then those of that group.

        Raises:
            UsageError: there is no such order or grouping, or the rows are too many.
        """
        if not 0 <= first <= last or last - first > ROWS:
            raise UsageError(f"give at most {ROWS:,} rows, the first before the last")
        statement = """
            SELECT r.* FROM found AS f INNER JOIN row AS r USING (relevance)
            WHERE f.place > $1 AND f.place <= $2 ORDER BY f.place
        """
        if group is None:
            with self._asked(line, order, descending=descending) as db:
                return db.execute(statement, [first, last]).to_arrow_table()
        with self._grouped(line, group[0], 0, order, descending=descending) as db:
            return db.execute(_MEMBERS, [group[1], last - first, first]).to_arrow_table()

    def groups(self, line: str, by: str, most: int, beginning: str | None = None) -> list[Row]:
        """Return the values of what is found with their counts, the most frequent first."""
        with self._grouped(line, by, min(most, GROUPS)) as db:
            db.execute("SET VARIABLE beginning = $1::VARCHAR", [beginning and beginning.lower()])
            return _rows(db, _text("groups"))

    def histogram(self, line: str, by: str) -> dict[str, Any]:
        """Return what is found over time: round bins, two lists of counts for each series.

        `asked` counts the look-ups that the line finds, `unplaced` those of them whose moment no record states;
        they are null where the line holds a word that look-ups do not have.
        """
        terms = lines.parse(line)
        with self._grouped(line, by, SERIES) as db:
            is_asked = self._ask_lookups(db, terms)
            start, width, number = bins(*db.execute(_ENDS).fetchone() or (None, None))
            db.execute("SET VARIABLE start = $1::DOUBLE", [start])
            db.execute("SET VARIABLE width = $1::DOUBLE", [width])
            series = _series(db.execute(_text("histogram")).fetchall(), number)
            asked, unplaced = db.execute(_ASKED).fetchone() or (0, 0)
        return {
            "width": width,
            "edges": [start + place * width for place in range(number)],
            "series": series,
            "asked": asked if is_asked else None,
            "unplaced": unplaced if is_asked else None,
        }

    def edges(self, line: str, most: int) -> list[Row]:
        """Return who talked to whom, the most telling first."""
        with self._asked(line, "relevance", descending=False) as db:
            db.execute("SET VARIABLE most = $1::BIGINT", [min(most, EDGES)])
            return _rows(db, _text("edges"))

    def story(self, identifier: str) -> Row:
        """Return one story with everything behind it.

        Raises:
            UsageError: there is no such story.
        """
        with self._limited() as db:
            if not db.execute("SELECT 1 FROM row WHERE story = $1", [identifier]).fetchone():
                raise UsageError(f"{identifier}: the case has no such story")
            with held.own(db, [identifier]) as own:
                return told.stories(own, [identifier])[0]

    def sentences(self, identifiers: list[str]) -> dict[str, str]:
        """Return stories in words, by identifier."""
        with self._limited() as db, held.own(db, identifiers) as own:
            return rows.sentences(own, identifiers)

    def neighbours(self, identifier: str, most: int) -> pa.Table:
        """Return the rows nearest in time on the same host, in order of time."""
        statement = """
            WITH own AS (SELECT host, time_from FROM row WHERE story = $1),
            near AS (
                SELECT r.* FROM row AS r, own
                WHERE r.host = own.host
                ORDER BY abs(r.time_from - own.time_from), r.time_from, r.story
                LIMIT $2
            )
            SELECT * FROM near ORDER BY time_from, story
        """
        with self._limited() as db:
            return db.execute(statement, [identifier, min(most, ROWS)]).to_arrow_table()

    def table(self, view: str, contains: str, most: int) -> tuple[pa.Table, int]:
        """Return the first rows of a view, and how many there are."""
        words = {"contains": contains} if contains else {}
        with self._limited():
            answer = query.ask(self._whole, view, Filters.parse(**words), min(most, TABLE))
            return answer.table(), answer.total

    def side(self, name: str, host: str | None) -> pa.Table:
        """Return a host's (or, without one, the whole case's) connections by process and destination."""
        statement = """
            SELECT
                $1::VARCHAR AS side, process, destination, remote_port AS port,
                count(*) AS stories, min(time_from) AS first, max(marks) AS marks
            FROM row WHERE $2::VARCHAR IS NULL OR host = $2 GROUP BY ALL ORDER BY ALL
        """
        with self._limited() as db:
            return db.execute(statement, [name, host]).to_arrow_table()

    def close(self) -> None:
        """Let the case go."""
        self._whole.close()
        self._db.close()

    def _interrupt(self) -> None:
        self._db.interrupt()
        self._whole.interrupt()

    @contextmanager
    def _limited(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend the connection for one question, which is cut off when it takes too long."""
        with self._lock:
            timer = Timer(SECONDS, self._interrupt)
            timer.start()
            try:
                yield self._db
            except duckdb.InterruptException as error:
                raise TooSlowError(
                    f"the question took longer than {SECONDS:.0f} seconds; narrow it down"
                ) from error
            finally:
                timer.cancel()

    @contextmanager
    def _asked(self, line: str, order: str, *, descending: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend the connection with the view `found`: place and relevance of each story found."""
        if order not in ORDERS:
            raise UsageError(f"{order}: there is no such order; there are {', '.join(ORDERS)}")
        terms = lines.parse(line)
        with self._limited() as db:
            key = (line, order, descending)
            name = self._found.pop(key, None) or self._find(db, terms, key)
            self._found[key] = name
            db.execute(f"CREATE OR REPLACE TEMP VIEW found AS FROM {name}")
            yield db

    @contextmanager
    def _grouped(
        self, line: str, by: str, most: int, order: str = "relevance", *, descending: bool = False
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        if by not in GROUPINGS:
            raise UsageError(f"{by}: there is no such grouping; there are {', '.join(sorted(GROUPINGS))}")
        with self._asked(line, order, descending=descending) as db:
            db.execute("SET VARIABLE grouping = $1::VARCHAR", [by])
            db.execute("SET VARIABLE most = $1::BIGINT", [most])
            db.execute(f"CREATE OR REPLACE TEMP VIEW valued AS {_text('valued')}")
            yield db

    def _ask_lookups(self, db: duckdb.DuckDBPyConnection, terms: list[lines.Term]) -> bool:
        """Make the view `asked` of the look-ups that the terms want; say whether they can be asked so."""
        can_be = {term.word for term in terms} <= set(query.VIEWS["lookups"].filters)
        kept = _narrowed(db, terms, "lookups", "lookup") if can_be else "(FROM lookup LIMIT 0)"
        db.execute(f"CREATE OR REPLACE TEMP VIEW kept AS FROM {kept}")
        db.execute(f"CREATE OR REPLACE TEMP VIEW asked AS {_text('asked')}")
        return can_be

    def _find(
        self, db: duckdb.DuckDBPyConnection, terms: list[lines.Term], key: tuple[str, str, bool]
    ) -> str:
        """Make a table of the stories that the terms want, in order, and forget the oldest one."""
        while len(self._found) >= _KEPT:
            db.execute(f"DROP TABLE {self._found.pop(next(iter(self._found)))}")
        name = next(
            f"found_{number}" for number in range(_KEPT) if f"found_{number}" not in self._found.values()
        )
        kept = _narrowed(db, terms, "stories", "row")
        placed = f"SELECT row_number() OVER (ORDER BY {_order(key)}) AS place, relevance"
        among = f"SEMI JOIN {kept} USING (story)" if terms else ""
        db.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {placed} FROM row {among} ORDER BY place")
        return name


def _order(key: tuple[str, str, bool]) -> str:
    """Return the order of a question; null comes last either way, host and time decide ties."""
    _, order, is_descending = key
    way = "DESC" if is_descending else "ASC"
    ties = "" if order == "relevance" else ", host, time_from NULLS FIRST, time_to NULLS LAST, story"
    return f"{ORDERS[order]} {way} NULLS LAST{ties}"


def _narrowed(db: duckdb.DuckDBPyConnection, terms: list[lines.Term], view: str, among: str) -> str:
    """Return the table of identifiers of a view that the terms want; without terms it is `among`."""
    key, kept = _KEYS[view], among
    for asked, is_wanted in lines.filters(terms):
        query.ask(db, view, asked, 0)
        db.execute(_NARROWED.format(key=key, kept=kept, way="SEMI" if is_wanted else "ANTI"))
        kept = f"kept_{key}"
    return kept


def bins(first: float | None, last: float | None) -> tuple[float, float, int]:
    """Return beginning, width and number of bins between two times, as `web/src/source.ts` does."""
    if first is None or last is None:
        return 0.0, 1e6, 0
    seconds = (last - first) / 1e6
    step = next((step for step in _STEPS if seconds / step <= BINS), None)
    width = (step or 86400 * -(-seconds // (86400 * BINS))) * 1e6
    start = first // width * width
    return start, width, int((last - start) // width) + 1


def _series(found: list[tuple[str | None, int, int, int]], number: int) -> list[dict[str, Any]]:
    counts: dict[str | None, tuple[list[int], list[int]]] = {}
    for label, place, *both in found:
        for bars, more in zip(counts.setdefault(label, ([0] * number, [0] * number)), both, strict=True):
            bars[place] += more
    ordered = sorted(counts, key=lambda label: (label is None, -sum(map(sum, counts[label])), label or ""))
    return [
        {
            "label": "all others" if label is None else label,
            "counts": counts[label][0],
            "asked": counts[label][1],
        }
        for label in ordered
    ]


def compared(left: pa.Table, right: pa.Table) -> list[Row]:
    """Return what one side has and the other has not, first; then what both have."""
    with duckdb.connect() as db:
        db.register("side", pa.concat_tables([left, right]))
        db.execute("SET VARIABLE most = $1::BIGINT", [GROUPS])
        return _rows(db, _text("compared"))


def _rows(db: duckdb.DuckDBPyConnection, statement: str) -> list[Row]:
    found: list[Row] = db.execute(statement).to_arrow_table().to_pylist()
    return found


@cache
def _text(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")


def evidence_paths(case: Case, given: tuple[str, ...]) -> list[Path]:
    """Return where the evidence may still be: what was given, else its names beside the case and here."""
    if given:
        return [Path(path) for path in given]
    settings = case.manifest.get("settings")
    names = [name for name, _ in settings.get("evidence", [])] if isinstance(settings, dict) else []
    tops = sorted({str(name).split("/", maxsplit=1)[0] for name in names})
    folders = dict.fromkeys((case.path.resolve().parent, Path.cwd()))
    return [folder / top for top in tops for folder in folders if (folder / top).exists()]
