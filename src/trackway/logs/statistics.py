"""What evidence holds, counted: one SQL file in `tables/` for each table.

Every record becomes one row of the relation `record`; the questions are asked in SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import islice
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
import pyarrow as pa

from trackway.evidence.containers import Member
from trackway.evidence.discover import EvidenceFile
from trackway.formats import evtx
from trackway.formats.rows import Ledger
from trackway.formats.whole import Sieve, Tally, Whole, whole
from trackway.logs.evidence import Account, read
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

_FIELDS: Final = (
    "QueryName", "SourceIp", "DestinationIp", "SourceAddress", "DestAddress", "DestinationAddress",
    "Image", "NewProcessName", "Application",
)  # fmt: skip
"""Fields that hold a name, an address or a program."""

_ADDRESSES: Final = _FIELDS[1:6]
_SYSTEM: Final = (
    ("computer", "text"), ("channel", "text"), ("provider", "text"), ("event_id", "int64"), ("time", "time"),
)  # fmt: skip
_BATCH: Final = pa.schema(
    [
        ("computer", pa.string()),
        ("channel", pa.string()),
        ("provider", pa.string()),
        ("event_id", pa.int64()),
        ("time", pa.timestamp("us", tz="UTC")),
        ("bytes", pa.int64()),
        *((name, pa.string()) for name in _FIELDS),
    ]
)
_FILE: Final = pa.schema([("file", pa.string()), ("kind", pa.string()), ("bytes", pa.int64())])
_ROWS: Final = 16_384


def tables(
    evidence: Iterable[EvidenceFile], account: Account, wanted: Sequence[str]
) -> Iterator[tuple[str, pa.Table]]:
    """Yield each wanted table with its rows, once all evidence is read.

    Args:
        evidence: the files.
        account: is told what became of it.
        wanted: names out of `TABLES`.
    """
    with (
        TemporaryDirectory(prefix="trackway-") as spill,
        duckdb.connect(config={"threads": 1, "memory_limit": "1GB", "temp_directory": spill}) as db,
    ):
        db.execute("SET TimeZone = 'UTC'")
        _create(db, _batch("", _BATCH.empty_table()))
        for member, batch in read(evidence, account, _batches):
            _insert(db, _batch(member.name, batch))
        rows = [{"file": each.name, "kind": each.kind, "bytes": each.size} for each in account.files]
        file = pa.Table.from_pylist(rows, schema=_FILE)  # noqa: F841  DuckDB reads it by name
        db.execute("CREATE TABLE file AS SELECT * FROM file")
        for name in wanted:
            yield name, db.sql(_sql(name)).to_arrow_table()


def _batches(member: Member, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield the columns of a file: without a tree of each record where the native reader is there."""
    if member.kind == "evtx" and evtx.NATIVE and member.stream is not None:
        from trackway.formats.whole import evtx_columns  # noqa: PLC0415  what it imports may not be there

        for batch in evtx_columns.batches(member.stream, _SYSTEM, _FIELDS, ledger):
            table = pa.Table.from_batches([batch])
            table = table.add_column(len(_SYSTEM), "bytes", pa.nulls(table.num_rows, pa.int64()))
            yield table.cast(_BATCH, safe=False)  # the seventh digit of a time goes
        return
    records = whole(member, Sieve(), Tally(), ledger)
    while rows := [row(record) for record in islice(records, _ROWS)]:
        yield pa.Table.from_pylist(rows, schema=_BATCH)


def _batch(file: str, rows: pa.Table) -> pa.Table:
    """Return a batch with its file, and with addresses in one spelling or null."""
    for name in _ADDRESSES:
        place = rows.schema.get_field_index(name)
        encoded = rows[name].combine_chunks().dictionary_encode()
        spelled = pa.array(
            [address(text) if text else None for text in encoded.dictionary.to_pylist()], pa.string()
        )
        rows = rows.set_column(place, name, spelled.take(encoded.indices))
    return rows.add_column(0, "file", pa.array([file] * rows.num_rows, pa.string()))


def _create(db: duckdb.DuckDBPyConnection, batch: pa.Table) -> None:  # noqa: ARG001  DuckDB reads it by name
    db.execute(f"CREATE TABLE record AS {_sql('record')}")


def _insert(db: duckdb.DuckDBPyConnection, batch: pa.Table) -> None:  # noqa: ARG001  as above
    db.execute(f"INSERT INTO record {_sql('record')}")


@cache
def _sql(name: str) -> str:
    return files(__package__).joinpath(f"tables/{name}.sql").read_text(encoding="utf-8")


def row(record: Whole) -> dict[str, Any]:
    """Return what is counted of a record that is there as a tree."""
    event = record.root
    given = {name.lower(): value for name, value in reversed(fields(event))}
    return {
        "computer": event.value("System/Computer"),
        "channel": event.value("System/Channel"),
        "provider": event.value("System/Provider", "Name"),
        "event_id": integer(event.value("System/EventID")),
        "time": None if record.ticks is None else record.ticks // 10,
        "bytes": record.size,
        **{name: given.get(name.lower()) for name in _FIELDS},
    }
