"""Records of many files in the order of time, within bounded memory.

Sorted runs go to temporary files that have no name, and are merged from there.
"""

from __future__ import annotations

import heapq
import pickle
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import IO, Final

from trackway.logs.evidence import Found

RUN: Final = 8_192
"""Records of one run; at some kilobytes each they stay far below 100 MB."""

Key = tuple[int, str, int, int]


def by_time(records: Iterable[Found], limit: int | None = None) -> Iterator[Found]:
    """Yield the records by time, then file and place; those without a time come first.

    Args:
        records: of any order.
        limit: how many are wanted; all by default.
    """
    if limit is not None and limit <= RUN:
        yield from heapq.nsmallest(limit, records, key=key)
        return
    with ExitStack() as stack:
        yield from islice(_merged(iter(records), stack), limit)


def key(found: Found) -> Key:
    """Return what tells the order of a record, and tells it apart from any other."""
    whole = found.whole
    return (
        -(1 << 63) if whole.ticks is None else whole.ticks,
        found.file,
        -1 if whole.line is None else whole.line,
        -1 if whole.record is None else whole.record,
    )


def _merged(records: Iterator[Found], stack: ExitStack) -> Iterator[Found]:
    runs: list[IO[bytes]] = []
    last = sorted(islice(records, RUN), key=key)
    while len(last) == RUN:
        runs.append(stack.enter_context(_kept(last)))
        last = sorted(islice(records, RUN), key=key)
    return heapq.merge(*map(_read, runs), last, key=key)


def _kept(run: list[Found]) -> IO[bytes]:
    file = tempfile.TemporaryFile(prefix="trackway-")  # noqa: SIM115  closed by the stack
    for found in run:
        pickle.dump(found, file, pickle.HIGHEST_PROTOCOL)
    file.seek(0)
    return file


def _read(run: IO[bytes]) -> Iterator[Found]:
    """Yield what `_kept` wrote a moment ago; nobody else can reach the file."""
    for _ in range(RUN):
        yield pickle.load(run)  # noqa: S301  as above
