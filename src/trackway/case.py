"""A case on disk: Parquet, one partition a host, and `case.json`.

    CASE/case.json                      version, settings, evidence manifest; written last
    CASE/TABLE/host=NAME/part.parquet   one file a table and host, whole or not there
    CASE/file.parquet, skipped.parquet  what became of the evidence
    CASE/.run/                          work in progress; gone when the case is whole

DuckDB, Spark, Polars and pandas read the tables in place. A case holds nothing that depends on when or
where it was made: equal evidence gives equal bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from trackway import query
from trackway.coverage import Answer, Question, answers
from trackway.errors import CaseError
from trackway.filters import Filters
from trackway.schema import MANIFEST, TABLES, Table

VERSION: Final = 1
"""Version of the layout; a case of a later one is refused."""

MANIFEST_NAME: Final = "case.json"
_LONGEST_NAME: Final = 128
_ROWS_A_GROUP: Final = 100_000


class Case:
    """A finished case, opened for reading.

    Attributes:
        path: its folder.
        manifest: the content of `case.json`.
    """

    def __init__(self, path: Path) -> None:
        """Read the manifest of the case at `path`; see `open`."""
        self.path = path
        self.manifest: dict[str, object] = _manifest(path)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Return a new in-memory database with one view for each table of `schema.TABLES`, in UTC.

        Raises:
            CaseError: another version of Trackway made the case, with other columns.
        """
        db = duckdb.connect(config={"autoinstall_known_extensions": False})
        db.execute("SET TimeZone = 'UTC'")
        for table in TABLES.values():
            _view(db, files_of(self.path, table), table)
        return db

    def ask(self, view: str, limit: int | None = None, **filters: object) -> pa.Table:
        """Return a table that users see, in the shape of `docs/commands.md`; times are UTC.

        Args:
            view: name in `query.VIEWS`.
            limit: most rows, the first ones in order.
            **filters: words of `filters.WORDS`, as text or as values: `process="powershell*"`, `port=80`.

        Raises:
            UsageError: there is no such view or filter, or the view cannot be asked with it.
        """
        with self.connect() as db:
            return query.ask(db, view, Filters.parse(**filters), limit).table()

    def stories(self, limit: int | None = None, **filters: object) -> pa.Table:
        """Return connections with everything that explains them; see `ask`."""
        return self.ask("stories", limit, **filters)

    def connections(self, limit: int | None = None, **filters: object) -> pa.Table:
        """Return connections on one flat line each; see `ask`."""
        return self.ask("connections", limit, **filters)

    def lookups(self, limit: int | None = None, **filters: object) -> pa.Table:
        """Return name resolutions, who asked, and the stories that used the answer; see `ask`."""
        return self.ask("lookups", limit, **filters)

    def processes(self, limit: int | None = None, **filters: object) -> pa.Table:
        """Return process instances, each with its parent; see `ask`."""
        return self.ask("processes", limit, **filters)

    def question(self, words: str) -> list[Answer]:
        """Return the answer of each host to a question, which `coverage.GRAMMAR` describes.

        Raises:
            UsageError: the words ask nothing that is understood.
        """
        asked = Question.parse(words)
        with self.connect() as db:
            return list(answers(db, asked, self._limits()))

    def _limits(self) -> tuple[str | None, str | None]:
        """Return `since` and `until` of the run that made the case."""
        settings = self.manifest.get("settings")
        found = settings if isinstance(settings, dict) else {}
        return found.get("since"), found.get("until")

    def sql(
        self, statement: str, parameters: Sequence[object] | Mapping[str, object] | None = None
    ) -> pa.Table:
        """Return the result of a DuckDB query over the tables of the case."""
        with self.connect() as db:
            try:
                return db.execute(statement, parameters).to_arrow_table()
            except duckdb.Error as error:
                raise CaseError(f"{self.path}: {error}") from error


def open(path: str | Path) -> Case:  # noqa: A001  trackway.open reads best
    """Return the case in the folder `path`.

    Raises:
        CaseError: there is no case, it is not finished, or a later version made it.
    """
    return Case(Path(path))


def table_file(path: Path, table: str, host: str) -> Path:
    """Return where the rows of one table and host stand; the name is percent-encoded for any file system.

    A name that no file system takes, which only a forged record has, is cut and told apart by its hash.
    """
    name = quote(host, safe="")
    if len(name) > _LONGEST_NAME:
        name = (
            f"{name[:_LONGEST_NAME]}-{hashlib.sha256(host.encode(errors='surrogatepass')).hexdigest()[:16]}"
        )
    return path / table / f"host={name}" / "part.parquet"


def files_of(path: Path, table: Table) -> list[Path]:
    """Return the files of a case that hold a table, one a host; none where no record told anything for it."""
    if table in MANIFEST:
        found = [path / f"{table.name}.parquet"]
    else:
        found = sorted((path / table.name).glob("host=*/*.parquet"))
    return [file for file in found if file.exists()]


def write(path: Path, table: Table, rows: Iterable[pa.RecordBatch]) -> None:
    """Write rows as one Parquet file, whole or not at all.

    Raises:
        CaseError: the disk is full or the folder cannot be written.
    """
    unfinished = path.with_suffix(".unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(unfinished, table.arrow(), compression="zstd") as writer:
            for batch in rows:
                writer.write_batch(batch, row_group_size=_ROWS_A_GROUP)
        unfinished.replace(path)
    except OSError as error:
        raise CaseError(
            f"{path}: {error.strerror or error}; free some space and run the same command again"
        ) from error


def write_text(path: Path, text: str) -> None:
    """Write a small text file, whole or not at all."""
    unfinished = path.with_suffix(".unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text, encoding="utf-8", newline="\n")
        unfinished.replace(path)
    except OSError as error:
        raise CaseError(f"{path}: {error.strerror or error}") from error


def _manifest(path: Path) -> dict[str, object]:
    try:
        content = json.loads((path / MANIFEST_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CaseError(_no_case(path)) from error
    except (OSError, ValueError) as error:
        raise CaseError(
            f"{path / MANIFEST_NAME}: cannot be read ({error}); trace the evidence again"
        ) from error
    version = content.get("case_version") if isinstance(content, dict) else None
    if not isinstance(version, int):
        raise CaseError(f"{path / MANIFEST_NAME}: is no manifest of a case; trace the evidence again")
    if version > VERSION:
        raise CaseError(
            f"{path}: made by a later version of Trackway (layout {version}, this one reads {VERSION})"
        )
    return dict(content)


def _no_case(path: Path) -> str:
    if not path.exists():
        return f"{path}: there is no such case; make one with: trackway trace EVIDENCE -o {path}"
    if (path / ".run").exists():
        return f"{path}: the case is not finished; run the same `trackway trace` command again to complete it"
    return f"{path}: is no case (it has no {MANIFEST_NAME}); make one with: trackway trace EVIDENCE"


def _view(db: duckdb.DuckDBPyConnection, files: list[Path], table: Table) -> None:
    if not files:
        empty = table.arrow().empty_table()  # noqa: F841  DuckDB reads it by name
        db.execute(f'CREATE TABLE "{table.name}" AS FROM empty')
        return
    if not pq.read_schema(files[0]).equals(table.arrow()):
        raise CaseError(
            f"{files[0]}: has other columns than this version of Trackway; trace the evidence again"
        )
    relation = db.read_parquet([str(file) for file in files], hive_partitioning=False)
    relation.create_view(table.name)
