"""Correlate: the observations of one host to processes, look-ups, connections and the links between them.

Each model in `models/` is one SELECT in a file of its own and becomes a table of the same name; `MODELS`
is the order in which they run, and none reads what stands below it. They are plain DuckDB SQL: paste one
into `duckdb` over a case's tables to see what it does.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

import duckdb
import pyarrow as pa

from trackway.errors import ModelError
from trackway.schema import ENTITIES, Table, sql_type

SAME_CONNECTION_SECONDS: Final = 30
"""Pause after which a five-tuple of one process is a new connection."""

MODELS: Final = (
    "zone_witness",
    "zone_candidate",
    "zone",
    "zone_span",
    "own_address",
    "connection_dated",
    "sided",
    "oriented",
    "dns_dated",
    "skew_tie",
    "skew",
    "connection_placed",
    "dns_placed",
    "process_placed",
    "named_start",
    "start",
    "start_image",
    "life",
    "connection_member",
    "connection",
    "bind",
    "question",
    "question_folded",
    "lookup_member",
    "resolution",
    "script_group",
    "reference",
    "reference_owner",
    "instance",
    "process",
    "owner",
    "answer",
    "name_candidate",
    "lookup",
    "script",
    "script_match",
    "requester",
    "coverage",
    "not_seen",
    "story",
    "link",
    "clock",
)
"""In the order they run; each reads only what stands above it."""

WORDS: Final = {"protocol_name": "protocol", "status_text": "status", "witness": "place"}
"""Tables of words in `words/`, and the column that is a number."""


def correlate(
    db: duckdb.DuckDBPyConnection, host: str, *, timezone: str | None = None
) -> Iterator[tuple[Table, pa.Table]]:
    """Yield every entity table of one host, in the schema of `trackway.schema`.

    Args:
        db: a connection that holds the observation tables of this host, in the order of the evidence,
            and `file_zone`, what all hosts of a file show about its time zone. Nothing else.
        host: name of the host.
        timezone: the zone in which records without a zone of their own were written, as an IANA name or an
            offset such as `+02:00`; null to measure it.

    Equal tables give equal results, row for row.
    """
    _prepare(db, host, timezone)
    for model in MODELS:
        _build(db, model)
    for table in ENTITIES:
        yield table, _selected(db, table)


def _prepare(db: duckdb.DuckDBPyConnection, host: str, timezone: str | None) -> None:
    seconds = offset_seconds(timezone) if timezone else None
    db.execute("SET TimeZone = 'UTC'")
    db.execute("SET VARIABLE host = $1", [host])
    db.execute("SET VARIABLE same_connection_seconds = $1", [SAME_CONNECTION_SECONDS])
    db.execute("SET VARIABLE timezone_label = $1::VARCHAR", [timezone])
    db.execute("SET VARIABLE timezone_seconds = $1::BIGINT", [seconds])
    db.execute("SET VARIABLE timezone = $1::VARCHAR", [timezone if seconds is None else None])
    db.execute(text("models", "macros"))
    db.execute(text("models", "dated"))
    for name in WORDS:
        words = _words(name)
        db.execute(f"CREATE TABLE {name} AS SELECT * FROM words")  # noqa: S608  names from WORDS
        del words


def _build(db: duckdb.DuckDBPyConnection, model: str) -> None:
    try:
        db.execute(f"CREATE TABLE {model} AS {text('models', model)}")
    except duckdb.Error as error:
        raise ModelError(f"{model}.sql: {error}") from error


def _selected(db: duckdb.DuckDBPyConnection, table: Table) -> pa.Table:
    """Return the model of the table's name, cut to the table's columns and types, in the model's order."""
    columns = ", ".join(f'CAST("{column.name}" AS {sql_type(column.type)}) AS "{column.name}"' for column in table.columns)
    result = db.sql(f"SELECT {columns} FROM {table.name}").to_arrow_table()  # noqa: S608  names of our own schema
    return result.cast(table.arrow())


def offset_seconds(timezone: str) -> int | None:
    """Return the seconds of an offset such as `+02:00`, or null for the name of a zone."""
    found = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", timezone)
    if not found:
        return None
    seconds = int(found[2]) * 3600 + int(found[3] or 0) * 60
    return -seconds if found[1] == "-" else seconds


@cache
def text(folder: str, name: str) -> str:
    """Return the SQL of a model."""
    return files(__package__).joinpath(folder, f"{name}.sql").read_text(encoding="utf-8")


@cache
def _words(name: str) -> pa.Table:
    lines = files(__package__).joinpath("words", f"{name}.csv").read_text(encoding="utf-8").splitlines()
    rows = [{**row, WORDS[name]: int(row[WORDS[name]])} for row in csv.DictReader(lines)]
    return pa.Table.from_pylist(rows)
