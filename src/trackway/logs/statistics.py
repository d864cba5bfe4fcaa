"""What evidence holds, counted: one SQL file in `tables/` for each table.

Every record becomes one row of the relation `record`; the questions are asked in SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import islice
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
import pyarrow as pa

from trackway.evidence.containers import Member
from trackway.logs.evidence import Found
from trackway.logs.messages import fields
from trackway.logs.rows import integer
from trackway.sources.values import address

TABLES: Final = (
    "files",
    "hosts",
    "channels",
    "providers",
    "events",
    "hours",
    "names",
    "addresses",
    "processes",
)
"""The tables, in the order in which they are shown."""

RECORD: Final = pa.schema(
    [
        ("file", pa.string()),
        ("computer", pa.string()),
        ("channel", pa.string()),
        ("provider", pa.string()),
        ("event_id", pa.int64()),
        ("time", pa.timestamp("us", tz="UTC")),
        ("bytes", pa.int64()),
        ("name", pa.string()),
        ("addresses", pa.list_(pa.string())),
        ("process", pa.string()),
    ]
)
_FILE: Final = pa.schema([("file", pa.string()), ("kind", pa.string()), ("bytes", pa.int64())])

_NAMES: Final = frozenset({"queryname"})
_ADDRESSES: Final = frozenset(
    {"sourceip", "destinationip", "sourceaddress", "destaddress", "destinationaddress"}
)
_PROCESSES: Final = frozenset({"image", "application", "newprocessname"})
_BATCH: Final = 16_384


def tables(
    records: Iterable[Found], read: Sequence[Member], wanted: Sequence[str]
) -> Iterator[tuple[str, pa.Table]]:
    """Yield each wanted table with its rows.

    Args:
        records: all records; they are read to the end before the first table is given.
        read: the files they come from, complete once the records are read.
        wanted: names out of `TABLES`.
    """
    with (
        TemporaryDirectory(prefix="trackway-") as spill,
        duckdb.connect(config={"threads": 1, "memory_limit": "1GB", "temp_directory": spill}) as db,
    ):
        db.execute("SET TimeZone = 'UTC'")
        _fill(db, records)
        rows = [{"file": each.name, "kind": each.kind, "bytes": each.size} for each in read]
        _create(db, "file", pa.Table.from_pylist(rows, schema=_FILE))
        for name in wanted:
            sql = files(__package__).joinpath(f"tables/{name}.sql").read_text(encoding="utf-8")
            yield name, db.sql(sql).to_arrow_table()


def _fill(db: duckdb.DuckDBPyConnection, records: Iterable[Found]) -> None:
    """Load the records batch by batch."""
    _create(db, "record", RECORD.empty_table())
    iterator = iter(records)
    while batch := list(islice(iterator, _BATCH)):
        rows = pa.Table.from_pylist(list(map(row, batch)), schema=RECORD)  # noqa: F841  DuckDB reads it by name
        db.execute("INSERT INTO record SELECT * FROM rows")


def _create(db: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:  # noqa: ARG001  as above
    db.execute(f"CREATE TABLE {name} AS SELECT * FROM rows")  # noqa: S608  names of our own


def row(found: Found) -> dict[str, Any]:
    """Return what is counted of a record."""
    event, whole = found.whole.root, found.whole
    given = [(name.lower(), value) for name, value in fields(event) if value]
    return {
        "file": found.file,
        "computer": event.value("System/Computer") or None,
        "channel": event.value("System/Channel") or None,
        "provider": event.value("System/Provider", "Name") or None,
        "event_id": integer(event.value("System/EventID")),
        "time": None if whole.ticks is None else whole.ticks // 10,
        "bytes": whole.size,
        "name": next((value.rstrip(".").lower() for name, value in given if name in _NAMES), None),
        "addresses": [known for name, value in given if name in _ADDRESSES and (known := address(value))],
        "process": next((value for name, value in given if name in _PROCESSES), None),
    }
