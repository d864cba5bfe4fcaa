"""Chosen records of an event log whole, by where they stand: only the chunks that hold them are read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import IO, Any, Final, TypedDict

import pyarrow as pa
import pyarrow.compute as pc
import trackway_evtx

from trackway.formats.evtx_native import on_disk
from trackway.formats.whole import ticks

_WHOLE: Final = (("offset", "int64"), ("record", "int64"), ("time", "text"), ("xml", "text"))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Place(TypedDict):
    """Where a record starts, its number, and its time as Windows writes it."""

    offset: int
    record: int | None
    time: str | None


def records(stream: IO[bytes], places: Sequence[Place]) -> Iterator[dict[str, Any]]:
    """Yield record, time and xml of the records at these places, in the order of the file.

    One that the chunk around it does not give, as happens in damaged logs, is looked for in all of the log.
    One that is not found there either cannot be decoded, and has no xml.
    """
    left = {place["offset"]: place for place in places}
    for is_near in (True, False):
        if not left:
            return
        for row in _at(on_disk(stream) or stream, list(left.values()), is_near=is_near):
            del left[row["offset"]]
            yield row
    yield from ({**place, "xml": ""} for place in left.values())


def _at(log: str | IO[bytes], places: Sequence[Place], *, is_near: bool) -> Iterator[dict[str, Any]]:
    """Yield the records at places of a log; `is_near` reads no more than the chunks around them."""
    wanted = [place["offset"] for place in places]
    for batch in trackway_evtx.scan(log, [_shape(places)], offsets=wanted if is_near else None):
        if batch.num_rows:
            rows = pa.record_batch(batch)
            yield from rows.filter(pc.is_in(rows["offset"], pa.array(wanted, pa.int64()))).to_pylist()


def _shape(places: Sequence[Place]) -> trackway_evtx.Shape:
    """Ask for the records between the first and the last time, since the reader refuses others early."""
    times = [place["time"] or "" for place in places]
    first, last = ticks.moment(min(times)), ticks.moment(max(times))  # equal forms: by letters is by time
    if first is None or last is None:
        return trackway_evtx.Shape(system=_WHOLE)
    return trackway_evtx.Shape(system=_WHOLE, since=_time(first.ticks), until=_time(last.ticks + 10))


def _time(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at // 10)
