"""What evidence holds, counted: one SQL file in `tables/` for each table.

Records that are alike in all that is counted become one row of the relation `record`; the questions are asked
in SQL.
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
import pyarrow.compute as pc

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
    ("computer", "name"), ("channel", "name"), ("provider", "name"), ("event_id", "int64"), ("time", "time"),
    ("size", "uint64"),
)  # fmt: skip
_ALIKE: Final = ("computer", "channel", "provider", "event_id", "hour", *_FIELDS)
_COUNTED: Final[tuple[tuple[str | list[str], str], ...]] = (
    ([], "count_all"), ("bytes", "sum"), ("bytes", "count"), ("time", "min"), ("time", "max"),
)  # fmt: skip
_COUNTS: Final = ("records", "bytes", "sized", "first", "last")
_SUMMED: Final = {"records": "sum", "bytes": "sum", "sized": "sum", "first": "min", "last": "max"}
_TIME: Final = pa.timestamp("us", tz="UTC")
_TREES: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("computer", "channel", "provider")),
        ("event_id", pa.int64()),
        ("time", _TIME),
        ("bytes", pa.int64()),
        *((name, pa.string()) for name in _FIELDS),
    ]
)
_BATCH: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("file", "computer", "channel", "provider")),
        ("event_id", pa.int64()),
        ("hour", _TIME),
        *((name, pa.string()) for name in _FIELDS),
        *((name, pa.int64()) for name in ("records", "bytes", "sized")),
        ("first", _TIME),
        ("last", _TIME),
    ]
)
"""What `record.sql` reads."""

_FILE: Final = pa.schema([("file", pa.string()), ("kind", pa.string()), ("bytes", pa.int64())])
_ROWS: Final = 16_384


def tables(
    evidence: Iterable[EvidenceFile], account: Account, wanted: Sequence[str], password: str | None = None
) -> Iterator[tuple[str, pa.Table]]:
    """Yield each wanted table with its rows, once all evidence is read.

    Args:
        evidence: the files.
        account: is told what became of it.
        wanted: names out of `TABLES`.
        password: of encrypted archives.
    """
    with (
        TemporaryDirectory(prefix="trackway-") as spill,
        duckdb.connect(config={"threads": 1, "memory_limit": "1GB", "temp_directory": spill}) as db,
    ):
        db.execute("SET TimeZone = 'UTC'")
        _create(db, _BATCH.empty_table())
        for batch in _together(
            _alike(member.name, rows) for member, rows in read(evidence, account, _batches, password)
        ):
            _insert(db, _spelled(_joined(batch)))
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
            yield pa.Table.from_batches([batch]).rename_columns({"size": "bytes"})
        return
    records = whole(member, Sieve(), Tally(), ledger)
    while rows := [row(record) for record in islice(records, _ROWS)]:
        yield pa.Table.from_pylist(rows, schema=_TREES)


def _alike(file: str, rows: pa.Table) -> pa.Table:
    """Return one row for all records that are alike, and how many they are."""
    time = rows["time"]
    hour = pc.floor_temporal(time.cast(pa.timestamp(time.type.unit)), unit="hour").cast(time.type)
    rows = rows.append_column("hour", hour)
    absent = [name for name in _FIELDS if rows[name].null_count == rows.num_rows]
    present = [name for name in _ALIKE if name not in absent]
    counted = rows.group_by(present, use_threads=False).aggregate(list(_COUNTED))
    counted = counted.rename_columns([*present, *_COUNTS])
    for name in absent:
        counted = counted.append_column(name, pa.nulls(counted.num_rows, rows[name].type))
    with_file = counted.append_column("file", pa.array([file] * counted.num_rows, pa.string()))
    return with_file.select(_BATCH.names)


def _together(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield tables of a size that is worth a statement."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        if sum(each.num_rows for each in waiting) >= _ROWS:
            yield pa.concat_tables(waiting)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting)


def _joined(rows: pa.Table) -> pa.Table:
    """Return one row for those that are alike, also where batches said so of each."""
    plain = rows.cast(_BATCH, safe=False)  # the seventh digit of a time goes
    keys = [name for name in _BATCH.names if name not in _COUNTS]
    summed = plain.group_by(keys, use_threads=False).aggregate(list(_SUMMED.items()))
    return summed.rename_columns([*keys, *_SUMMED]).select(_BATCH.names)


def _spelled(rows: pa.Table) -> pa.Table:
    """Return the rows with addresses in one spelling, null for what is none."""
    for name in _ADDRESSES:
        place = rows.schema.get_field_index(name)
        encoded = rows[name].combine_chunks().dictionary_encode()
        spelled = pa.array(
            [address(text) if text else None for text in encoded.dictionary.to_pylist()], pa.string()
        )
        rows = rows.set_column(place, name, spelled.take(encoded.indices))
    return rows


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
