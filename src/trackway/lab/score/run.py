"""Run the models that judge a case, or another tool's answers, by the truth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import duckdb

from trackway import case as cases
from trackway.errors import CaseError, ModelError, UsageError
from trackway.lab import truth as truths
from trackway.lab.score.result import Result, summary

STATED: Final = 0.5
"""Confidence from which on a name counts as stated; below it, as unknown."""

SAID: Final = ("cited", "found", "said_process", "said_name", "said_connection")
MODELS: Final = (
    "told", "shown", "true_thing", "matched", "true_doer", "process_answer", "name_answer", "rival", "connection_score",
    "doing_score", "entity_score", "link_verdict", "reliability",
)  # fmt: skip
"""In the order they run."""

_PROCESS: Final = "STRUCT(pid BIGINT, started TIMESTAMPTZ, image VARCHAR, confidence DOUBLE, basis VARCHAR)"
_EVIDENCE: Final = "STRUCT(file VARCHAR, line BIGINT, record BIGINT)[]"
_NAMES: Final = "STRUCT(name VARCHAR, confidence DOUBLE, basis VARCHAR)[]"
ANSWERS: Final = {
    "connection_answer": ("stories.jsonl", {"story": "VARCHAR", "names": _NAMES}),
    "lookup_answer": ("lookups.jsonl", {"lookup": "VARCHAR"}),
}
"""Files of another tool's answers: the objects that `trackway show --format jsonl` prints, or parts of them."""


def score(answers: Path, truth: Path) -> Result:
    """Return how good a case, or a folder with another tool's answers, is by a truth.

    Args:
        answers: a case, or a folder with `stories.jsonl` and, if wanted, `lookups.jsonl`.
        truth: a world made by `trackway lab make`, or its `truth` folder.

    Raises:
        CaseError: there is no case, no answers or no truth.
        UsageError: the truth is of another version or of another case.
    """
    with judged(answers, truth) as db:
        return summary(db)


def judged(answers: Path, truth: Path, said: Mapping[str, str] | None = None) -> duckdb.DuckDBPyConnection:
    """Return a database with every model of this package as a table; see `score`.

    Args:
        answers: as of `score`.
        truth: as of `score`.
        said: SQL of each table of `SAID` over the tables of a case, to judge another way of answering.
    """
    folder = _truth_folder(truth)
    is_case = (answers / cases.MANIFEST_NAME).exists() or not (answers / "stories.jsonl").exists()
    db = cases.open(answers).connect() if is_case else _answers(answers)
    try:
        db.execute("SET VARIABLE stated = $1", [STATED])
        for table in truths.TABLES:
            path = str(folder / table.name / "*.parquet")
            db.read_parquet(path, hive_partitioning=False).create_view(f"true_{table.name}")
        db.execute(text("macros"))
        for name in SAID:
            _build(db, name, said[name] if said else text(f"{'case' if is_case else 'answers'}/{name}"))
        for name in MODELS:
            _build(db, name, text(name))
        _require_same_world(db, answers, truth)
    except BaseException:
        db.close()
        raise
    return db


def _truth_folder(truth: Path) -> Path:
    """Return the folder of a truth that this version understands."""
    folder = truth if (truth / "truth.json").exists() else truth / "truth"
    try:
        content: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CaseError(
            f"{truth}: holds no truth; make one with: trackway lab make SCENARIO -o DIR"
        ) from error
    except (OSError, ValueError) as error:
        raise CaseError(f"{folder / 'truth.json'}: cannot be read ({error})") from error
    version = content.get("truth_version")
    if version != truths.VERSION:
        raise UsageError(f"{truth}: is a truth of version {version}, this Trackway reads {truths.VERSION}")
    return folder


def _answers(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a database with another tool's answers."""
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'")
    for table, (file, more) in ANSWERS.items():
        kinds = {"host": "VARCHAR", "process": _PROCESS, "evidence": _EVIDENCE, **more}
        columns = ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())
        db.execute(f"CREATE TABLE {table}_read ({columns})")
        if (path := folder / file).exists():
            _read(db, table, path, kinds)
        db.execute(
            f"CREATE TABLE {table} AS SELECT '{table} ' || row_number() OVER () AS answer, * FROM {table}_read"  # noqa: S608  our own names
        )
    return db


def _read(db: duckdb.DuckDBPyConnection, table: str, path: Path, kinds: dict[str, str]) -> None:
    try:
        db.execute(
            f"INSERT INTO {table}_read SELECT * FROM read_json($1, format = 'newline_delimited', columns = $2)",  # noqa: S608  our own names
            [str(path), kinds],
        )
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise CaseError(f"{path}: is not in the form of `trackway show --format jsonl`: {reason}") from error


def _require_same_world(db: duckdb.DuckDBPyConnection, answers: Path, truth: Path) -> None:
    (row,) = db.sql(
        "SELECT (SELECT count(*) FROM cited) AS cited, (SELECT count(*) FROM matched) AS matched"
    ).fetchall()
    if row[0] and not row[1]:
        raise UsageError(f"{truth}: is the truth of another world; no record that {answers} cites is in it")


def _build(db: duckdb.DuckDBPyConnection, name: str, model: str) -> None:
    try:
        db.execute(f"CREATE TABLE {name} AS {model}")
    except duckdb.Error as error:
        raise ModelError(f"{name}.sql: {error}") from error


def text(name: str) -> str:
    """Return the SQL of a model."""
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
