"""EVTX through the native reader `trackway_evtx`: what no shape asks for is refused before it is decoded."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Sequence
from typing import IO, Final

import pyarrow as pa
import trackway_evtx

from trackway.formats.evtx_file import missing
from trackway.formats.rows import Ledger, Rows, RowStream, Shape

_SYSTEM: Final = (
    ("record", "int64"),
    ("computer", "text"),
    ("provider", "text"),
    ("channel", "text"),
    ("event_id", "int64"),
    ("version", "int64"),
    ("time", "text"),
    ("process_id", "int64"),
    ("user", "text"),
    ("activity_id", "text"),
)
"""`rows.SYSTEM` without `line` and `ingested_text`, as the reader calls it."""

_LINE, _INGESTED = 0, 8
_DOUBTS: Final = {
    "doubtful": "records from chunks whose checksum is wrong",
    "recovered": "records from in front of the first whole chunk",
}
_TIME_DIGITS: Final = 6  # what the package evtx gives


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger, threads: int = 1) -> RowStream:
    """Yield the rows of an event log, the same for any number of threads; see `formats.read`."""
    ledger.note = missing(stream)
    ledger.damaged = ledger.note is not None
    wanted = [_wanted(shape) for shape in shapes]
    scan = trackway_evtx.scan(on_disk(stream) or stream, wanted, time_digits=_TIME_DIGITS, threads=threads)
    counts = Counter[str]()
    for batch in scan:
        account(scan, ledger, counts)
        yield _rows(shapes[batch.shape or 0], batch)
    account(scan, ledger, counts)
    if ledger.note and not counts["chunks"]:
        ledger.seen += 1
        ledger.skip(ledger.note)
    doubts = (f"{counts[doubt]:,} {words}" for doubt, words in _DOUBTS.items() if counts[doubt])
    ledger.note = "; ".join(filter(None, (ledger.note, *doubts))) or None


def _wanted(shape: Shape) -> trackway_evtx.Shape:
    return trackway_evtx.Shape(
        system=_SYSTEM,
        fields=[(name, "text") for name in shape.fields],
        providers=shape.providers,
        channels=shape.channels,
        events=sorted(shape.events),
    )


def _rows(shape: Shape, batch: trackway_evtx.Batch) -> Rows:
    schema = shape.schema()
    if batch.shape is None:
        return Rows(shape, _empty(schema))
    columns = pa.record_batch(batch).columns
    for place in (_LINE, _INGESTED):
        columns.insert(place, pa.nulls(batch.num_rows, schema.types[place]))
    return Rows(shape, pa.RecordBatch.from_arrays(columns, schema=schema))


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)


def account(scan: trackway_evtx.Scan, ledger: Ledger, counts: Counter[str]) -> None:
    """Take over what became of the records since the last time."""
    found = scan.take_ledger()
    lost = [loss for loss in found.lost if loss.offset < scan.length]  # what a cut took away says the note
    ledger.seen += found.seen + len(lost)
    ledger.ignored += found.ignored
    for loss in lost:
        ledger.skip(_reason(loss), record=loss.first)
    ledger.damaged = ledger.damaged or any(loss.first is None or loss.first != loss.last for loss in lost)
    counts.update(chunks=found.chunks, doubtful=found.bad_checksum, recovered=found.recovered)


def _reason(loss: trackway_evtx.Loss) -> str:
    """Say what is lost, where, and why."""
    if loss.first is not None and loss.first == loss.last:
        return loss.reason
    which = {
        (True, True): f"records {loss.first} to {loss.last}",
        (True, False): f"records from {loss.first} on",
        (False, True): f"records up to {loss.last}",
        (False, False): "an unknown number of records",
    }[loss.first is not None, loss.last is not None]
    return f"{which} cannot be read: {loss.reason}, at byte {loss.offset:,}"


def on_disk(stream: IO[bytes]) -> str | None:
    """Return the path of a stream that is a file, so that its bytes do not go through Python."""
    name = getattr(stream, "name", None)
    if not isinstance(name, str):
        return None
    try:
        given, there = os.fstat(stream.fileno()), os.stat(name)  # noqa: PTH116  a path of whatever form
    except OSError:
        return None
    return name if stat.S_ISREG(there.st_mode) and os.path.samestat(given, there) else None
