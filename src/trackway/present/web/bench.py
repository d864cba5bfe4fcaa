"""A case held open for questions: what the workbench asks, answered by DuckDB, one question at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
import pyarrow as pa

from trackway.case import Case
from trackway.errors import UsageError
from trackway.filters import Filters
from trackway.present.pages import rows, told
from trackway.present.pages.overview import Overview, Row, first, overview, placed
from trackway.present.web import held, limit, sorting
from trackway.present.web.found import Found
from trackway.present.web.histogram import bins, series

ROWS: Final = 2_000
GROUPS: Final = 5_000
EDGES: Final = 2_000
TABLE: Final = 2_000
SERIES: Final = 6
"""Most rows, groups, links, lines of a table and series that one answer holds."""

GROUPINGS: Final = frozenset(
    {
        "process", "destination", "name", "user", "host", "parent", "port", "protocol", "direction", "action",
        "source",
    }
)  # fmt: skip
_ENDS: Final = """
    SELECT min(time_from), max(time_from) FROM (SELECT time_from FROM valued UNION ALL SELECT time_from FROM asked)
"""
_ASKED: Final = "SELECT count(*), count(*) - count(time_from) FROM asked"
_MEMBERS: Final = """
    SELECT * EXCLUDE (place, value) FROM valued WHERE value IS NOT DISTINCT FROM $1::VARCHAR
    ORDER BY place LIMIT $2::BIGINT OFFSET $3::BIGINT
"""
_SKIPPED: Final = 100


class Bench:
    """One case and what was found in it lately; safe to be asked from several threads."""

    def __init__(self, case: Case) -> None:
        """Open the case and make the tables that every question reads."""
        self.case = case
        self._db = case.connect()
        self._spill = TemporaryDirectory()
        self._db.execute("SET temp_directory = $1", [self._spill.name])
        self._db.execute("SET memory_limit = $1", [limit.MEMORY])
        rows.rank(self._db)
        self._whole = self._db.cursor()
        self._whole.execute("SET TimeZone = 'UTC'")
        self._limit = limit.Limit(self._db, self._whole)
        held.slim(self._db, case)
        self._found = Found(self._db)
        self._spoken: dict[str, str] = {}
        self._table: tuple[tuple[str, str, sorting.Order | None], sorting.Rows] | None = None
        places = placed(self._db)
        with held.own(self._db, [str(row["story"]) for row in places]) as own:
            told_first = first(own, places)
        self._overview = overview(self._whole, case, _SKIPPED, told_first)

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
            WHERE f.place >= $1 AND f.place < $2 ORDER BY f.place
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
        with self._grouped(line, by, SERIES) as db:
            is_asked = self._found.show_lookups(line)
            db.execute(f"CREATE OR REPLACE TEMP TABLE asked AS {_text('asked')}")
            start, width, number = bins(*db.execute(_ENDS).fetchone() or (None, None))
            db.execute("SET VARIABLE start = $1::DOUBLE", [start])
            db.execute("SET VARIABLE width = $1::DOUBLE", [width])
            found = series(db.execute(_text("histogram")).fetchall(), number)
            asked, unplaced = db.execute(_ASKED).fetchone() or (0, 0)
        return {
            "width": width,
            "edges": [start + place * width for place in range(number)],
            "series": found,
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
            with held.own(db, [identifier]) as own, self._limit.lent(own):
                return told.stories(own, [identifier])[0]

    def sentences(self, identifiers: list[str]) -> dict[str, str]:
        """Return stories in words, by identifier."""
        new = [identifier for identifier in identifiers if identifier not in self._spoken]
        if new:
            with self._limited() as db, held.own(db, new) as own, self._limit.lent(own):
                self._spoken |= rows.sentences(own, new)
        return {known: self._spoken[known] for known in identifiers if known in self._spoken}

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

    def table(
        self, view: str, contains: str, first: int, last: int, order: sorting.Order | None = None
    ) -> tuple[pa.Table, int]:
        """Return rows `first` to `last` (counted from 0, the last not among them) of a view, and how many there are.

        Raises:
            UsageError: there is no such view or column, or the rows are too many.
        """
        if not 0 <= first <= last or last - first > TABLE:
            raise UsageError(f"give at most {TABLE:,} rows, the first before the last")
        words = Filters.parse(**({"contains": contains} if contains else {}))
        with self._limited():
            asked = (view, contains, order)
            if self._table is None or self._table[0] != asked:
                self._table = None  # a question that is cut off leaves nothing to go on with
                self._table = asked, sorting.asked(self._whole, view, words, order)
            answer = self._table[1]
            return answer.rows(first, last), answer.total

    def sortable(self, view: str, names: pa.Schema) -> list[str]:
        """Return the columns of a view that `table` can sort by."""
        with self._limited():
            return sorting.sortable(self._whole, view, names)

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
        self._spill.cleanup()

    @contextmanager
    def _limited(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend the connection for one question, which is cut off when it takes too long."""
        with self._limit.held(limit.SECONDS):
            yield self._db

    @contextmanager
    def _asked(self, line: str, order: str, *, descending: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend the connection with the view `found`: place and relevance of each story found."""
        with self._limited() as db:
            self._found.show(line, order, descending=descending)
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
