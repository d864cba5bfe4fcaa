"""A folder that grows: what is added to it is shown as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from trackway.errors import EvidenceError
from trackway.evidence.discover import EvidenceFile, discover
from trackway.formats.whole import Sieve
from trackway.logs.evidence import Account, Found, Selects, records
from trackway.logs.growth import Growth
from trackway.logs.order import by_time, key

PAUSE: Final = 1.0
"""Seconds between two looks."""

MOST_KNOWN: Final = 1 << 18
"""Records that are remembered; what is read twice was shown not long before."""


def follow(
    paths: Sequence[Path],
    sieve: Sieve,
    selects: Selects,
    account: Account,
    pause: Callable[[], None] = lambda: time.sleep(PAUSE),
    *,
    password: str | None = None,
) -> Iterator[list[Found]]:
    """Yield, after each look, the selected records that were not there before, by time; never ends.

    A file is read again where its size or its time of change is another, and there only the part that grew where
    its form has parts. What is read twice nevertheless is known by file, place and time.
    """
    shown: dict[object, None] = {}
    stamps: dict[str, object] = {}
    growths: dict[str, Growth] = {}
    while True:
        grown = [file for file in _found(paths) if stamps.get(file.name) != (stamp := _stamp(file)) and stamp]
        found = records(grown, sieve, selects, account, password=password, growths=growths)
        fresh = [each for each in by_time(found) if key(each) not in shown]
        shown.update(dict.fromkeys(map(key, fresh)))
        for known in list(islice(shown, max(len(shown) - MOST_KNOWN, 0))):
            del shown[known]
        stamps.update((file.name, _stamp(file)) for file in grown)
        yield fresh
        pause()


def _found(paths: Sequence[Path]) -> list[EvidenceFile]:
    """Return the files that are there now; a folder may still be empty."""
    try:
        return discover(paths)
    except EvidenceError:
        if any(not path.exists() for path in paths):
            raise
        return []


def _stamp(file: EvidenceFile) -> object:
    """Return what is another when a file was written to, null where it has gone."""
    try:
        status = file.path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
