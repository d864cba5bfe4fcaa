"""Whole records of EVTX through the native reader: as XML, and only those that the sieve lets through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import IO, Any, Final
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.compute as pc
import trackway_evtx

from trackway.formats.evtx_file import missing
from trackway.formats.evtx_native import account, on_disk
from trackway.formats.rows import Ledger
from trackway.formats.whole import ticks
from trackway.formats.whole.sieve import Sieve, Tally, Whole
from trackway.formats.whole.tree import parsed

_SOURCES: Final = (("provider", "text"), ("channel", "text"), ("time", "text"))
_WANTED: Final = (*_SOURCES, ("record", "int64"), ("level", "int64"), ("xml", "text"))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WRITTEN_OTHERWISE: Final = frozenset("\r\n\t")


def records(stream: IO[bytes], sieve: Sieve, tally: Tally, ledger: Ledger) -> Iterator[Whole]:
    """Yield the records of an event log; see `formats.whole.whole`."""
    ledger.note = missing(stream)
    ledger.damaged = ledger.note is not None
    wanted = [] if sieve.events is not None and not sieve.events else [_shape(sieve)]
    rest = [trackway_evtx.Shape(system=_SOURCES)] if tally.wants_times or tally.wants_sources else []
    if not wanted + rest:
        return
    scan = trackway_evtx.scan(on_disk(stream) or stream, [*wanted, *rest])
    counts = Counter[str]()
    for batch in scan:
        account(scan, ledger, counts)
        if batch.num_rows:
            rows = pa.record_batch(batch)
            if rest:
                _count(rows, tally)
            yield from _chosen(rows, sieve, ledger) if wanted and batch.shape == 0 else _ignored(rows, ledger)
    account(scan, ledger, counts)
    if ledger.note and not counts["chunks"]:
        ledger.seen += 1
        ledger.skip(ledger.note)


def _shape(sieve: Sieve) -> trackway_evtx.Shape:
    """Ask for what the reader can tell apart: it takes a provider or a channel, so only one kind of them."""
    return trackway_evtx.Shape(
        system=_WANTED,
        providers=sorted(sieve.providers or ()),
        channels=() if sieve.providers else sorted(sieve.channels or ()),
        events=None if sieve.events is None else sorted(sieve.events),
        since=_time(sieve.since),
        until=_time(sieve.until, later=1),
    )


def _time(at: int | None, later: int = 0) -> datetime | None:
    """Return the microsecond of a time, null where no calendar has it."""
    if at is None:
        return None
    try:
        return _EPOCH + timedelta(microseconds=at // 10 + later)
    except OverflowError:
        return None


def _ignored(rows: pa.RecordBatch, ledger: Ledger) -> Iterator[Whole]:
    ledger.ignored += rows.num_rows
    return iter(())


def _chosen(rows: pa.RecordBatch, sieve: Sieve, ledger: Ledger) -> Iterator[Whole]:
    kept = rows.filter(_mask(rows, sieve))
    ledger.ignored += rows.num_rows - kept.num_rows
    for row in kept.select(["record", "time", "xml"]).to_pylist():
        yield from _whole(row, ledger)


def _mask(rows: pa.RecordBatch, sieve: Sieve) -> pa.Array:
    """Return which rows the sieve lets through, as far as the reader did not tell."""
    mask = pa.array([True] * rows.num_rows)
    for name, among in (("provider", sieve.providers), ("channel", sieve.channels)):
        if among is not None:
            mask = pc.and_(mask, pc.is_in(pc.utf8_lower(rows[name]), pa.array(sorted(among), pa.string())))
    if sieve.levels is not None:
        mask = pc.and_(mask, pc.is_in(rows["level"], pa.array(sorted(sieve.levels), pa.int64())))
    for text in sieve.texts:
        if not _WRITTEN_OTHERWISE & set(text):
            mask = pc.and_(mask, pc.match_substring(rows["xml"], escape(text)))
    return mask


def _whole(row: dict[str, Any], ledger: Ledger) -> Iterator[Whole]:
    try:
        root = parsed(row["xml"])
    except ValueError as error:
        ledger.skip(f"cannot be decoded: {error}", record=row["record"])
        return
    time = ticks.moment(row["time"] or "")
    yield Whole(None, row["record"], time.ticks if time else None, True, None, root)


def _count(rows: pa.RecordBatch, tally: Tally) -> None:
    for name, counter in (("provider", tally.providers), ("channel", tally.channels)):
        for each in pc.value_counts(rows[name]).to_pylist():
            if each["values"]:
                counter[each["values"]] += each["counts"]
    newest = ticks.moment(
        pc.max(rows["time"]).as_py() or ""
    )  # equal forms, so the last by letters is the newest
    if newest and (tally.newest is None or newest.ticks > tally.newest):
        tally.newest = newest.ticks
