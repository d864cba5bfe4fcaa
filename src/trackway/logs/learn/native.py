"""What the templates of an event log tell: fields with their types, through the native reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import trackway_evtx

from trackway.formats.evtx_file import missing
from trackway.formats.evtx_native import account, on_disk
from trackway.formats.rows import Ledger
from trackway.logs.learn.described import Described, Field

_TICK: Final = 100  # nanoseconds
_TYPES: Final = {
    "text": "UnicodeString", "int32": "Int32", "int64": "Int64", "uint32": "UInt32", "uint64": "UInt64",
    "hex32": "HexInt32", "hex64": "HexInt64", "real": "Double", "bool": "Boolean", "binary": "Binary",
    "guid": "GUID", "sid": "SID", "time": "FILETIME",
}  # fmt: skip
"""What the reader's types are called in a manifest; narrower numbers have those of 32 bits."""


def of_log(stream: IO[bytes], ledger: Ledger, guids: dict[str, str]) -> Iterator[Described]:
    """Yield what each batch of records of one kind tells; `guids` is told the names of providers."""
    ledger.note = missing(stream)
    ledger.damaged = ledger.note is not None
    scan = trackway_evtx.scan(on_disk(stream) or stream)
    counts = Counter[str]()
    for batch in scan:
        account(scan, ledger, counts)
        if batch.num_rows and batch.kind is not None:
            yield from _described(pa.record_batch(batch), batch.kind, guids)
    account(scan, ledger, counts)
    if ledger.note and not counts["chunks"]:
        ledger.seen += 1
        ledger.skip(ledger.note)


def _described(rows: pa.RecordBatch, kind: trackway_evtx.Kind, guids: dict[str, str]) -> Iterator[Described]:
    """Yield one description for each event and channel of a batch; a kind for the rest has many events."""
    fields = tuple(Field(name=name, type=_TYPES.get(form, "")) for name, form in kind.fields)
    system = pa.Table.from_batches([rows]).select(
        ["provider", "provider_guid", "event_id", "version", "channel"]
    )
    for one in system.group_by(system.column_names).aggregate([]).to_pylist():
        chosen = rows.filter(_equal(rows, one))
        if one["provider_guid"] and one["provider"]:
            guids[one["provider_guid"].lower()] = one["provider"]
        yield _of_rows(chosen, fields if kind.provider else _names(chosen))


def _equal(rows: pa.RecordBatch, wanted: dict[str, Any]) -> pa.Array:
    mask = pa.array([True] * rows.num_rows)
    for name, value in wanted.items():
        column = rows[name]
        same = pc.is_null(column) if value is None else pc.equal(column, pa.scalar(value, column.type))
        mask = pc.and_(mask, pc.fill_null(same, False))
    return mask


def _names(rows: pa.RecordBatch) -> tuple[Field, ...]:
    """Return the fields of records whose template has no columns of its own."""
    if "fields" not in rows.schema.names:
        return ()
    found = (name for pairs in rows["fields"].to_pylist() for name, _ in pairs or ())
    return tuple(Field(name=name or "Data") for name in dict.fromkeys(found))


def _of_rows(rows: pa.RecordBatch, fields: tuple[Field, ...]) -> Described:
    columns = ["provider", "event_id", "version", "channel", "level", "keywords", "task", "opcode"]
    first = rows.select(columns).slice(0, 1).to_pylist()[0]
    times = pc.min_max(rows["time"].cast(pa.int64())).as_py()
    return Described(
        provider=first["provider"] or "",
        event_id=first["event_id"] or 0,
        version=first["version"],
        channel=first["channel"] or "",
        level=first["level"],
        keywords=f"0x{first['keywords']:x}" if first["keywords"] else "",
        task=first["task"],
        opcode=first["opcode"],
        fields=fields,
        records=rows.num_rows,
        first=None if times["min"] is None else times["min"] // _TICK,
        last=None if times["max"] is None else times["max"] // _TICK,
        learned_from="records",
    )
