"""A log: takes the records of its channel as they come and hands them on in the order of time, numbered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Protocol

from trackway.lab.witness.record import Record
from trackway.lab.world.facts import Fact
from trackway.lab.world.schedule import SECOND

LATEST: Final = 60 * SECOND
"""Microseconds by which a fact can be told, or a record written, after the moment it is about."""

_MANY: Final = 4096


class Witness(Protocol):
    """Writes down, in one channel, what it sees of a fact."""

    channel: str

    def records(self, fact: Fact) -> Iterator[Record]:
        """Yield the records of one fact, in any order of time."""


class Writer(Protocol):
    """Takes numbered records of one channel in the order of time."""

    def write(self, number: int, record: Record) -> None:
        """Write one record."""

    def close(self) -> None:
        """Make the file whole."""


Heard = Callable[[int, Record], None]


class Log:
    """One channel of one host."""

    def __init__(self, writer: Writer, heard: Heard | None = None, first: int = 1) -> None:
        """Number records from `first` on; `heard` is told of each with its number."""
        self._writer, self._heard, self._number = writer, heard, first
        self._waiting: list[Record] = []
        self._kept = 0

    def add(self, records: Iterator[Record], now: int) -> None:
        """Take records; those that nothing can come before any more are written."""
        self._waiting.extend(records)
        if len(self._waiting) > self._kept + _MANY:
            self._write(now - LATEST)

    def close(self) -> None:
        """Write all that is left."""
        self._write(None)
        self._writer.close()

    def _write(self, before: int | None) -> None:
        self._waiting.sort(key=_time)
        for position, record in enumerate(self._waiting):
            if before is not None and record.time >= before:
                del self._waiting[:position]
                break
            self._writer.write(self._number, record)
            if self._heard:
                self._heard(self._number, record)
            self._number += 1
        else:
            self._waiting.clear()
        self._kept = len(self._waiting)


def _time(record: Record) -> int:
    return record.time
