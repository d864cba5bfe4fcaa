"""Event records out of what is no log: a raw image, a memory dump, unallocated space.

Whole chunks are found by their first bytes wherever they stand, records outside a chunk by theirs; a record
that does not hold its own template cannot be decoded and is put down with its place. Needs the native reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from os import PathLike
from typing import IO, Any

import pyarrow as pa

from trackway.errors import UsageError
from trackway.formats import evtx
from trackway.formats.rows import Skip


@dataclass(slots=True)
class Carved:
    """What became of what was found.

    Attributes:
        records: rows that were handed out.
        chunks: chunks that were found.
        doubtful: rows from chunks whose checksum is wrong.
        recovered: rows from slack, or from outside any chunk.
        skips: records that cannot be decoded. Empty them at will.
    """

    records: int = 0
    chunks: int = 0
    doubtful: int = 0
    recovered: int = 0
    skips: list[Skip] = field(default_factory=list)


def carve(source: str | PathLike[str] | IO[bytes], found: Carved) -> Iterator[pa.RecordBatch]:
    """Yield the records in `source`, in batches of one kind of event, in the order in which they stand.

    A batch has the System columns of the native reader (`trackway_evtx.SYSTEM`; `status` tells how a record
    was got) and one typed column for each field of that kind; see `docs/reader.md`. Nothing is written.

    Args:
        source: a path, or a binary file that can seek.
        found: is told what became of everything.

    Raises:
        UsageError: the native reader is not installed.
        OSError: the source cannot be read.
    """
    if not evtx.NATIVE:
        raise UsageError("carving needs the native reader; install trackway-evtx")
    import trackway_evtx  # noqa: PLC0415  it may not be there

    carving = trackway_evtx.carve(source)
    for batch in carving:
        _account(carving.take_ledger(), found)
        found.records += batch.num_rows
        yield pa.record_batch(batch)
    _account(carving.take_ledger(), found)


def _account(ledger: Any, found: Carved) -> None:
    found.chunks += ledger.chunks
    found.doubtful += ledger.bad_checksum
    found.recovered += ledger.recovered
    found.skips += [Skip(None, loss.first, f"{loss.reason}, at byte {loss.offset:,}") for loss in ledger.lost]
