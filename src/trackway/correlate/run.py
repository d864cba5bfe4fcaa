"""Correlate: the observations of one host to processes, look-ups, connections and the links between them.

Each model in `models/` is one SELECT in a file of its own and becomes a table of the same name; `MODELS`
is the order in which they run, and none reads what stands below it. They are plain DuckDB SQL: paste one
into `duckdb` over a case's tables to see what it does.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Final

import duckdb
import pyarrow as pa

from trackway.correlate.tables import Tables, text
from trackway.schema import ENTITIES, OBSERVATIONS, Table, sql_type

SAME_CONNECTION_SECONDS: Final = 30
"""Pause after which a five-tuple of one process is a new connection."""

ROWS_A_BATCH: Final = 102_400
"""Rows of one Arrow batch of a result."""

MODELS: Final = (
    "zone_witness",
    "zone_candidate",
    "zone_tie",
    "zone",
    "zone_span",
    "connection_moment",
    "dns_moment",
    "process_moment",
    "script_moment",
    "fact_moment",
    "own_address",
    "guid_alias",
    "connection_dated",
    "sided",
    "oriented",
    "dns_dated",
    "skew_tie",
    "skew",
    "family_tie",
    "family_skew",
    "connection_clocked",
    "request_connection",
    "connection_placed",
    "told_ttl",
    "cache_row",
    "cache_lookup",
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
    "volume",
    "instance",
    "process",
    "owner",
    "answered",
    "name_pair",
    "asker",
    "answer",
    "cache_name",
    "name_candidate",
    "wire_said",
    "connection_name",
    "lookup_id",
    "script",
    "script_match",
    "act",
    "bits_transfer",
    "requester",
    "traffic",
    "connection_traffic",
    "heard",
    "told_fact",
    "kind",
    "log_run",
    "log_bound",
    "host_span",
    "pause",
    "profile_logging",
    "switch",
    "open_question",
    "sysmon_ruled",
    "sysmon_asked",
    "sysmon_kind",
    "claim_edge",
    "claim_seen",
    "claim_told",
    "halt",
    "claim_lost",
    "claim",
    "awake",
    "coverage",
    "not_seen",
    "story_id",
    "lookup",
    "story",
    "link",
    "clock",
    "connection_observation_timed",
    "dns_observation_timed",
    "process_observation_timed",
    "script_observation_timed",
    "host_fact_timed",
)
"""In the order they run; each reads only what stands above it."""

TOLD: Final = {
    "lookup": "lookup_id",
    "story": "story_id",
    "link": None,
    "clock": None,
    **{f"{table.name}_timed": None for table in OBSERVATIONS},
}
"""Models that go to the case at once and are not kept as tables; the first two page by page, by the `place`
that this table gives each row."""

ROWS_A_PAGE: Final = 100_000
"""Rows put together at once where a row holds lists: a list cannot be spilled to disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to correlate, and how to read it.

    Attributes:
        host: name of the host.
        timezone: the zone in which records without a zone of their own were written, as an IANA name or an
            offset such as `+02:00`; null to measure it.
        since: connections that ended before are left out; look-ups and processes stay, since they explain.
        until: connections that began after are left out.
    """

    host: str
    timezone: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def variables(self) -> Iterator[tuple[str, str, object]]:
        """Yield name, type and value of each DuckDB variable that the models read."""
        seconds = offset_seconds(self.timezone) if self.timezone else None
        yield "host", "VARCHAR", self.host
        yield "same_connection_seconds", "BIGINT", SAME_CONNECTION_SECONDS
        yield "timezone_label", "VARCHAR", self.timezone
        # clocks east of Greenwich are ahead of UTC: what a zone is ahead is taken off
        yield "timezone_seconds", "BIGINT", None if seconds is None else -seconds
        yield "timezone", "VARCHAR", self.timezone if seconds is None else None
        yield "since", "TIMESTAMPTZ", self.since
        yield "until", "TIMESTAMPTZ", self.until
        yield "first", "BIGINT", 1
        yield "last", "BIGINT", 2**62


WORDS: Final = {
    "protocol_name": "protocol",
    "status_text": "status",
    "name_confidence": "links",
    "process_confidence": "links",
    "witness": "place",
    "bypass": "place",
    "log_name": "place",
    "audit_subcategory": "place",
    "service_source": "place",
}
"""Tables of words in `words/`, and the column that is a number."""


def correlate(
    db: duckdb.DuckDBPyConnection, request: Request
) -> Iterator[tuple[Table, pa.RecordBatchReader]]:
    """Yield every table of one host, observations and entities, in the schema of `trackway.schema`.

    A reader must be read to its end before the next table is asked for.

    Args:
        db: a connection that holds the observation tables of this host, in the order of the evidence,
            `file_zone`, what all hosts of a file show about its time zone, and `log_held`, what its event
            logs hold. Nothing else.
        request: whose they are and how to read them.

    Equal tables give equal results, row for row.
    """
    _prepare(db, request)
    tables = Tables(db)
    for model in MODELS[: -len(TOLD)]:
        tables.make(model)
        for spent in _SPENT.get(model, ()):
            db.execute(f"DROP TABLE {spent}")
    for table in (*OBSERVATIONS, *ENTITIES):
        yield table, _result(db, tables, table)


def zone_candidates(db: duckdb.DuckDBPyConnection) -> list[dict[str, object]]:
    """Return what the records of one file, of all its hosts, show about its time zone."""
    db.execute("SET TimeZone = 'UTC'")
    tables = Tables(db)
    for model in ("zone_witness", "zone_candidate"):
        tables.make(model)
    rows: list[dict[str, object]] = db.sql("FROM zone_candidate").to_arrow_table().to_pylist()
    return rows


def _prepare(db: duckdb.DuckDBPyConnection, request: Request) -> None:
    db.execute("SET TimeZone = 'UTC'")
    for name, kind, value in request.variables():
        db.execute(f"SET VARIABLE {name} = $1::{kind}", [value])
    db.execute(text("models", "macros"))
    db.execute(text("models", "moments"))
    db.execute(f"SET VARIABLE told_timezone = ({text('models', 'told_timezone')})")
    for name in WORDS:
        words = _words(name)  # noqa: F841  DuckDB reads it by name
        db.execute(f"CREATE TABLE {name} AS FROM words")


def _result(db: duckdb.DuckDBPyConnection, tables: Tables, table: Table) -> pa.RecordBatchReader:
    """Return the rows of the table in the model's order, in the table's columns and types."""
    columns = ", ".join(
        f'CAST("{column.name}" AS {sql_type(column.type)}) AS "{column.name}"' for column in table.columns
    )
    model = f"{table.name}_timed" if table in OBSERVATIONS else table.name
    relation = f"({text('models', model)})" if model in TOLD else model
    statement = f"SELECT {columns} FROM {relation}"  # noqa: S608  names and queries of our own
    batches = iter(()) if tables.is_empty(model) else _pages(db, statement, TOLD.get(model))
    return pa.RecordBatchReader.from_batches(table.arrow(), (batch.cast(table.arrow()) for batch in batches))


def _pages(db: duckdb.DuckDBPyConnection, statement: str, places: str | None) -> Iterator[pa.RecordBatch]:
    """Yield the batches of a query that tells the rows between `first` and `last`, for all of `places`."""
    rows = db.table(places).count("*").fetchall()[0][0] if places else 1
    for first in range(1, rows + 1, ROWS_A_PAGE):
        db.execute(f"SET VARIABLE first = {first}")
        db.execute(f"SET VARIABLE last = {first + ROWS_A_PAGE - 1}")
        yield from db.sql(statement).to_arrow_reader(ROWS_A_BATCH)


def offset_seconds(timezone: str) -> int | None:
    """Return the seconds of an offset such as `+02:00`, or null for the name of a zone."""
    found = re.fullmatch(r"(?:UTC|GMT)?([+-])(0?\d|1[0-4]):?([0-5]\d)?", timezone)
    if not found:
        return None
    seconds = int(found[2]) * 3600 + int(found[3] or 0) * 60
    return -seconds if found[1] == "-" else seconds


@cache
def _words(name: str) -> pa.Table:
    lines = files(__package__).joinpath("words", f"{name}.csv").read_text(encoding="utf-8").splitlines()
    rows = [{**row, WORDS[name]: int(row[WORDS[name]])} for row in csv.DictReader(lines)]
    return pa.Table.from_pylist(rows)


def _spent() -> dict[str, list[str]]:
    """Return, for each model, the tables that nothing reads after it."""
    last = {found: model for model in MODELS for found in _words_of(model)}
    spent: dict[str, list[str]] = {}
    for table in MODELS:
        if last.get(table, "story") not in TOLD and table not in _RESULTS:
            spent.setdefault(last[table], []).append(table)
    return spent


def _words_of(model: str) -> set[str]:
    """Return every word of a model outside its comments: the tables that it reads are among them."""
    found = set(re.findall(r"\w+", re.sub(r"--.*", "", text("models", model))))
    return found | _words_of("moments") if "moments" in found and model != "moments" else found


_RESULTS: Final = frozenset(table.name for table in ENTITIES)
_SPENT: Final = _spent()
