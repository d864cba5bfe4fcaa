"""The observations of one host, brought together from the parts that hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from trackway.correlate.run import Request
from trackway.correlate.tables import text
from trackway.evidence.places import NAMELESS, WIRE
from trackway.schema import CONNECTION_OBSERVATION, DNS_OBSERVATION, OBSERVATIONS, TIME, Table

ZONES: Final = pa.schema(
    [
        ("file", pa.string()),
        ("basis", pa.string()),
        ("zone_seconds", pa.int64()),
        ("support", pa.int64()),
        ("spread_seconds", pa.float64()),
    ]
)
"""What the records of a file, of all its hosts, show about its time zone."""

HELD: Final = pa.schema(
    [
        ("host", pa.string()),
        ("log", pa.string()),  # the channel
        ("file", pa.string()),
        ("first", pa.int64()),  # EventRecordID
        ("last", pa.int64()),
        ("time_from", pa.int64()),  # microseconds since 1970, UTC
        ("time_to", pa.int64()),
        ("is_dirty", pa.bool_()),  # copied while Windows had it open
        ("is_full", pa.bool_()),  # of a log that keeps its oldest records: it writes no more
    ]
)
"""What an event log holds: records whose numbers follow each other without a gap."""

OWNED: Final = pa.schema(
    [
        ("address", pa.string()),
        ("host", pa.string()),
        # null where the address was the host's whenever it was seen
        ("leases", pa.list_(pa.struct([("since", TIME), ("until", TIME)]))),
    ]
)
"""Addresses that are one host's alone, and when."""

_OF_CLIENTS: Final = (CONNECTION_OBSERVATION, DNS_OBSERVATION)

_COLLECTED: Final = pa.schema([("file", pa.string()), ("moment", pa.string())])


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the correlation of one host is given.

    Attributes:
        request: the host, and how to read it.
        spellings: values of `host` that mean it, also those that stand for files that name none.
        folders: parts that hold its observations.
        wire: parts that hold records of clients of the network.
        clients: rows of `OWNED`.
        zones: rows of `ZONES`.
        collected: file and time at which its collector took it, in ISO 8601.
        collected_at: the same for all others, by the user's word.
        ttls: DNS observations that the user told.
        held: rows of `HELD`.
    """

    request: Request
    spellings: tuple[str, ...]
    folders: Sequence[Path]
    wire: Sequence[Path] = ()
    clients: Sequence[dict[str, object]] = ()
    zones: Sequence[dict[str, object]] = ()
    collected: Sequence[tuple[str, str]] = ()
    collected_at: datetime | None = None
    ttls: Sequence[dict[str, object]] = field(default=())
    held: Sequence[Mapping[str, object]] = ()


def load(db: duckdb.DuckDBPyConnection, given: Evidence) -> None:
    """Create the observation tables of one host in the order of the evidence, however they were read."""
    db.execute("SET TimeZone = 'UTC'")
    db.execute(text("models", "macros"))
    for name, kind, value in (
        ("host", "VARCHAR", given.request.host),
        ("nameless", "VARCHAR", NAMELESS),
        ("spellings", "VARCHAR[]", list(given.spellings)),
        ("wire", "VARCHAR", WIRE),
        ("collected_at", "TIMESTAMPTZ", given.collected_at),
    ):
        db.execute(f"SET VARIABLE {name} = $1::{kind}", [value])
    rows = [{"file": file, "moment": moment} for file, moment in given.collected]
    said = pa.Table.from_pylist(rows, schema=_COLLECTED)  # noqa: F841  DuckDB reads it by name
    db.execute("CREATE TEMP TABLE collected AS SELECT file, CAST(moment AS TIMESTAMPTZ) AS moment FROM said")
    for table in OBSERVATIONS:
        relation = _observed(db, table, given)  # noqa: F841  as above
        db.execute(f"CREATE TABLE {table.name} AS {_sql()}")
    db.execute("DROP TABLE collected")
    _tell(db, given)
    file_zone = pa.Table.from_pylist(list(given.zones), schema=ZONES)  # noqa: F841  as above
    db.execute("CREATE TABLE file_zone AS SELECT * FROM file_zone ORDER BY ALL")
    log_held = pa.Table.from_pylist([dict(row) for row in given.held], schema=HELD)  # noqa: F841  as above
    db.execute("CREATE TABLE log_held AS SELECT * FROM log_held ORDER BY ALL")


def _observed(db: duckdb.DuckDBPyConnection, table: Table, given: Evidence) -> duckdb.DuckDBPyRelation:
    """Return what is in the host's own evidence, and what the network's logs say of its addresses."""
    own = db.read_parquet([str(folder / f"{table.name}.parquet") for folder in given.folders])
    if not (given.wire and given.clients and table in _OF_CLIENTS):
        return own
    client = pa.Table.from_pylist(list(given.clients), schema=OWNED)
    db.register("client", client)
    wire = db.read_parquet([str(folder / f"{table.name}.parquet") for folder in given.wire])
    return own.union(wire.query("observed", text("wire", table.name)))


def _tell(db: duckdb.DuckDBPyConnection, given: Evidence) -> None:
    """Add what the user told, as observations of this host."""
    rows = [{"host": given.request.host, **row} for row in given.ttls]
    told = pa.Table.from_pylist(rows, schema=DNS_OBSERVATION.arrow())  # noqa: F841  as above
    db.execute(f"INSERT INTO {DNS_OBSERVATION.name} SELECT * FROM told ORDER BY line")  # noqa: S608  our own name


@cache
def _sql() -> str:
    return files(__package__).joinpath("load.sql").read_text(encoding="utf-8")
