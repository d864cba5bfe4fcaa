"""Chosen records of an event log whole, by where they stand: only the chunks that hold them are read again."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import IO, Any, Final, NamedTuple, TypedDict

import pyarrow as pa
import pyarrow.compute as pc
import trackway_evtx

from trackway.formats.evtx_file import CHUNK, CHUNK_MAGIC, HEADER, file_header
from trackway.formats.evtx_native import on_disk
from trackway.formats.whole import ticks

_WHOLE: Final = (("offset", "int64"), ("record", "int64"), ("time", "text"), ("xml", "text"))
_DENSE: Final = 8
"""Places in each chunk, on an average, from which on all chunks are read at once."""

_LONGEST: Final = 64 << 20
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Place(TypedDict):
    """Where a record starts, its number, and its time as Windows writes it."""

    offset: int
    record: int | None
    time: str | None


class _Stretch(NamedTuple):
    """A part of a log, whole chunks, and the places in it."""

    start: int
    end: int
    places: list[Place]


def records(stream: IO[bytes], places: Sequence[Place]) -> Iterator[dict[str, Any]]:
    """Yield record, time and xml of the records at these places, in the order of the file.

    One that its chunk by itself does not give, as happens in damaged logs, is looked for in all of the log.
    One that is not found there either cannot be decoded, and has no xml.
    """
    left = {place["offset"]: place for place in places}
    for start, end, those in _stretches(stream, places):
        stream.seek(start)
        part = io.BytesIO(file_header(-(-(end - start) // CHUNK)) + stream.read(end - start))
        for row in _at(part, those, start - HEADER):
            del left[row["offset"]]
            yield row
    if left:
        for row in _at(on_disk(stream) or stream, list(left.values()), 0):
            del left[row["offset"]]
            yield row
    yield from ({**place, "xml": ""} for place in left.values())


def _stretches(stream: IO[bytes], places: Sequence[Place]) -> list[_Stretch]:
    """Return each chunk with places by itself; where most of a part is wanted, all of it as one."""
    found: list[_Stretch] = []
    for place in places:
        if not found or not found[-1].start <= place["offset"] < found[-1].end:
            start = _chunk_of(stream, place["offset"])
            found.append(_Stretch(start, start + CHUNK, []))
        found[-1].places.append(place)
    span = found[-1].end - found[0].start if found else 0
    if len(places) * CHUNK < span * _DENSE or span > _LONGEST:
        return found
    return [_Stretch(found[0].start, found[-1].end, list(places))] if found else []


def _chunk_of(stream: IO[bytes], offset: int) -> int:
    """Return where the chunk around a place starts: at its magic, else where chunks of a sound log start."""
    aligned = max(offset - (offset - HEADER) % CHUNK, 0)
    stream.seek(aligned)
    if stream.read(len(CHUNK_MAGIC)) == CHUNK_MAGIC:
        return aligned
    before = max(offset - CHUNK, 0)
    stream.seek(before)
    found = stream.read(offset - before).rfind(CHUNK_MAGIC)
    return aligned if found < 0 else before + found


def _at(log: str | IO[bytes], places: Sequence[Place], shift: int) -> Iterator[dict[str, Any]]:
    """Yield the records at places of a log that has lost so many bytes in front."""
    wanted = pa.array([place["offset"] - shift for place in places], pa.int64())
    for batch in trackway_evtx.scan(log, [_shape(places)]):
        if batch.num_rows:
            rows = pa.record_batch(batch)
            for row in rows.filter(pc.is_in(rows["offset"], wanted)).to_pylist():
                yield row | {"offset": row["offset"] + shift}


def _shape(places: Sequence[Place]) -> trackway_evtx.Shape:
    """Ask for the records between the first and the last time, since the reader refuses others early."""
    times = [place["time"] or "" for place in places]
    first, last = ticks.moment(min(times)), ticks.moment(max(times))  # equal forms: by letters is by time
    if first is None or last is None:
        return trackway_evtx.Shape(system=_WHOLE)
    return trackway_evtx.Shape(system=_WHOLE, since=_time(first.ticks), until=_time(last.ticks + 10))


def _time(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at // 10)
