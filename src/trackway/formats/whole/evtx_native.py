"""Whole records of EVTX through the native reader: as XML, and only those that the sieve lets through.

Where the sieve asks for more than the reader can refuse by itself, the columns that it names are read first,
and the few records that may be wanted are read again whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import trackway_evtx

from trackway.formats.evtx_file import missing
from trackway.formats.evtx_native import account, on_disk
from trackway.formats.rows import Ledger
from trackway.formats.whole import evtx_again, ticks
from trackway.formats.whole.holds import Held, columns, mask, needles
from trackway.formats.whole.sieve import Sieve, Tally, Whole
from trackway.formats.whole.tree import parsed

_NAMES: Final = frozenset({"provider", "channel", "computer", "user"})
_NUMBERS: Final = frozenset({"record", "offset"})
_SOURCES: Final = (("provider", "name"), ("channel", "name"), ("time", "text"))
_WHOLE: Final = ("record", "time", "xml")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def records(stream: IO[bytes], sieve: Sieve, tally: Tally, ledger: Ledger) -> Iterator[Whole]:
    """Yield the records of an event log; see `formats.whole.whole`."""
    ledger.note = missing(stream)
    ledger.damaged = ledger.note is not None
    counts_all = tally.wants_times or tally.wants_sources
    wanted = [] if sieve.events is not None and not sieve.events else [_shape(sieve, with_sources=counts_all)]
    rest = [trackway_evtx.Shape(system=_SOURCES)] if counts_all else []
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
            is_wanted = bool(wanted) and batch.shape == 0
            yield from _chosen(stream, rows, sieve, ledger) if is_wanted else _ignored(rows, ledger)
    account(scan, ledger, counts)
    if ledger.note and not counts["chunks"]:
        ledger.seen += 1
        ledger.skip(ledger.note)


def _shape(sieve: Sieve, *, with_sources: bool) -> trackway_evtx.Shape:
    """Ask for what the reader can tell apart: it takes a provider or a channel, so only one kind of them.

    Where columns decide the XML is left for later, since it is what costs most.
    """
    looked_at = {"record", "xml"} if sieve.holds is None else {"record", "offset", *columns(sieve.holds)}
    sources = dict(_SOURCES if with_sources or sieve.providers or sieve.channels else _SOURCES[-1:])
    types = {
        name: "name" if name in _NAMES else "int64" if name in _NUMBERS else "text" for name in looked_at
    }
    return trackway_evtx.Shape(
        system=sorted((types | sources).items()),
        providers=sorted(sieve.providers or ()),
        channels=() if sieve.providers else sorted(sieve.channels or ()),
        events=None if sieve.events is None else sorted(sieve.events),
        since=_time(sieve.since),
        until=_time(sieve.until, later=1),
        holds=needles(sieve.holds),
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


def _chosen(stream: IO[bytes], rows: pa.RecordBatch, sieve: Sieve, ledger: Ledger) -> Iterator[Whole]:
    kept = rows.filter(_mask(rows, sieve))
    ledger.ignored += rows.num_rows - kept.num_rows
    if sieve.holds is None:
        found: Iterable[dict[str, Any]] = kept.select(_WHOLE).to_pylist()
    else:
        found = evtx_again.records(stream, kept.select(["offset", "record", "time"]).to_pylist())
    for row in found:
        yield from _whole(row, ledger)


def _mask(rows: pa.RecordBatch, sieve: Sieve) -> pa.Array:
    """Return which rows the sieve lets through, as far as the reader did not tell."""
    found = pa.array([True] * rows.num_rows) if sieve.holds is None else mask(sieve.holds, rows)
    for name, among in (("provider", sieve.providers), ("channel", sieve.channels)):
        if among is not None:
            found = pc.and_(found, mask(_one_of(name, among), rows))
    return found


def _one_of(name: str, among: frozenset[str]) -> Held:
    return Held(column=name, is_so=lambda value: value.lower() in among)


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
    # equal forms, so the last by letters is the newest
    newest = ticks.moment(pc.max(rows["time"]).as_py() or "")
    if newest and (tally.newest is None or newest.ticks > tally.newest):
        tally.newest = newest.ticks
