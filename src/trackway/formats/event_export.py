"""JSON event exports: one record a line, one array, or objects one after the other.

What is a record and what is not, and which programs' exports are read, stands in `docs/formats.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any, Final

from trackway.formats.event_forms import Event, event
from trackway.formats.gather import Gathering
from trackway.formats.json_text import Unparsable, exactly_parsed, parsed
from trackway.formats.pieces import pieces
from trackway.formats.rows import Ledger, RowStream, Shape

NO_EVENTS: Final = "JSON, but no event records"
NOT_AN_EVENT: Final = "JSON, but not an event record"
_MOST_PENDING: Final = 100_000


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the rows of a JSON export; see `formats.read`."""
    reading = _Reading(shapes, ledger)
    for line, raw, problem in pieces(stream):
        reading.take(line, raw, problem)
        if reading.gathering.full:
            yield from reading.gathering.batches()
    reading.finish()
    yield from reading.gathering.batches()


class _Reading:
    """One file: until its first event, nobody knows whether other objects in it are strays or all it has."""

    def __init__(self, shapes: Sequence[Shape], ledger: Ledger) -> None:
        self._ledger = ledger
        self._pending: list[int] = []  # lines of objects before the first event
        self._events = False
        self._replaced = 0
        self.gathering = Gathering(shapes, ledger)

    def take(self, line: int, raw: bytes, problem: str | None) -> None:
        """Count one record and sort it."""
        self._ledger.seen += 1
        if problem is not None:
            return self.gathering.skip(problem, line=line)
        try:
            value, replaced = parsed(raw)
        except Unparsable as reason:
            self.gathering.skip(str(reason), line=line)
            return self._rescue(line, raw)
        self._replaced += replaced
        found = event(value)
        if found is None:
            return self._stray(line)
        if not self._events:
            self._begin()
        return self.gathering.take(found, len(raw), line, lambda: _exact(raw))

    def _rescue(self, line: int, raw: bytes) -> None:
        """Take the events that stand in one line each inside a broken element.

        A quotation mark that is missing makes one element of all that follows it.
        """
        for place, part in enumerate(raw.split(b"\n")):
            if place and part.lstrip().startswith(b"{") and _is_event(part):
                self.take(line + place, part, None)

    def finish(self) -> None:
        """Say of the file what only its end tells."""
        notes = []
        if not self._events and self._ledger.seen:
            notes.append(NO_EVENTS)
            self._ledger.ignored += len(self._pending)
        if self._replaced:
            notes.append(f"{self._replaced:,} records with bytes that are no UTF-8, replaced by U+FFFD")
        self._ledger.note = "; ".join(notes) or None

    def _begin(self) -> None:
        self._events = True
        for line in self._pending:
            self.gathering.skip(NOT_AN_EVENT, line=line)
        self._pending.clear()

    def _stray(self, line: int) -> None:
        if self._events:
            self.gathering.skip(NOT_AN_EVENT, line=line)
        elif len(self._pending) < _MOST_PENDING:
            self._pending.append(line)
        else:  # a file of something else: the memory of where each object stands is not worth having
            self._ledger.ignored += 1


def _is_event(raw: bytes) -> bool:
    try:
        return event(parsed(raw)[0]) is not None
    except Unparsable:
        return False


def _exact(raw: bytes) -> Event | None:
    value: Any = exactly_parsed(raw)[0]
    return event(value)
