"""Reading an export: records one after the other, each counted, each sorted, none lost in silence.

Until its first event nobody knows whether the other records of a file are strays in an export, or all it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any, Final

from trackway.formats.event_forms import Event, event
from trackway.formats.gather import Gathering, gathering
from trackway.formats.json_text import Unparsable
from trackway.formats.pieces import Piece
from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.wrapped import inside

Origin = tuple[int, str | None, str | None]
"""Number, provider and log of an event; null where the text does not tell."""

_MOST_PENDING: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How the records of one kind of text are read.

    Attributes:
        name: of the kind, for the words of the ledger.
        parsed: returns the value of a record, and whether characters of it had to be replaced; raises
            `Unparsable`.
        exactly: the same with every number as spelled, where that is another way.
        origin: tells an event's number, provider and log without parsing it all, or null where it does not
            know; what nobody wants is not parsed.
        parts: the places (lines further down) and bytes that may be records inside a broken one.
        replaced: what is written as U+FFFD.
    """

    name: str
    parsed: Callable[[bytes], tuple[Any, bool]]
    exactly: Callable[[bytes], tuple[Any, bool]]
    origin: Callable[[bytes], Origin | None] | None = None
    parts: Callable[[bytes], Iterator[tuple[int, bytes]]] | None = None
    replaced: str = "bytes that are no UTF-8"


class Reading:
    """One file while it is read."""

    def __init__(self, language: Language, shapes: Sequence[Shape] | Gathering, ledger: Ledger) -> None:
        """Read for `shapes`, and tell `ledger` what became of every record."""
        self._language = language
        self._ledger = ledger
        self._pending: list[int] = []  # lines of records that are no events, before the first event
        self._events = False
        self._replaced = 0
        self.gathering = gathering(shapes, ledger)
        self._wants = lru_cache(4096)(self.gathering.wants)  # few kinds of events make up a file

    def rows(self, pieces: Iterator[Piece]) -> RowStream:
        """Yield the rows of every piece."""
        for line, raw, problem in pieces:
            self._take(line, raw, problem)
            if self.gathering.full:
                yield from self.gathering.batches()
        self._finish()
        yield from self.gathering.batches()

    def _take(self, line: int, raw: bytes, problem: str | None) -> None:
        self._ledger.seen += 1
        if problem is not None:
            return self.gathering.skip(problem, line=line)
        if self._is_unwanted(raw):
            return None
        try:
            value, replaced = self._language.parsed(raw)
        except Unparsable as reason:
            self.gathering.skip(str(reason), line=line)
            return self._rescue(line, raw)
        self._replaced += replaced
        found = event(value)
        if found is None:
            return self._search(line, raw, value)
        self._begin()
        return self.gathering.take(found, len(raw), line, lambda: event(self._language.exactly(raw)[0]))

    def _search(self, line: int, raw: bytes, value: Any) -> None:
        """Take the events inside a value that is none itself."""
        records = inside(value)
        if not records:
            return self._stray(line)
        again = cache(lambda: inside(self._language.exactly(raw)[0]))
        self._ledger.seen += len(records) - 1
        for place, found in enumerate(map(event, records)):
            if found is None:
                self._stray(line)
            else:
                self._begin()
                size = len(raw) // len(records)
                self.gathering.take(found, size, line, partial(_at, again, place))
        return None

    def _is_unwanted(self, raw: bytes) -> bool:
        origin = self._language.origin(raw) if self._language.origin else None
        if origin is None or self._wants(*origin):
            return False
        self._begin()
        self._ledger.ignored += 1
        return True

    def _rescue(self, line: int, raw: bytes) -> None:
        """Take the events that stand inside a broken record, which swallowed them."""
        for place, part in self._language.parts(raw) if self._language.parts else ():
            if self._is_event(part):
                self._take(line + place, part, None)

    def _is_event(self, raw: bytes) -> bool:
        try:
            return event(self._language.parsed(raw)[0]) is not None
        except Unparsable:
            return False

    def _begin(self) -> None:
        self._events = True
        for line in self._pending:
            self.gathering.skip(self._not_an_event, line=line)
        self._pending.clear()

    def _stray(self, line: int) -> None:
        if self._events:
            self.gathering.skip(self._not_an_event, line=line)
        elif len(self._pending) < _MOST_PENDING:
            self._pending.append(line)
        else:  # a file of something else: the memory of where each record stands is not worth having
            self._ledger.ignored += 1

    def _finish(self) -> None:
        """Say of the file what only its end tells."""
        notes = []
        if not self._events and self._ledger.seen:
            notes.append(f"{self._language.name}, but no event records")
            self._ledger.ignored += len(self._pending)
        if self._replaced:
            notes.append(f"{self._replaced:,} records with {self._language.replaced}, replaced by U+FFFD")
        self._ledger.note = "; ".join(filter(None, (self._ledger.note, *notes))) or None

    @property
    def _not_an_event(self) -> str:
        return f"{self._language.name}, but not an event record"


def _at(records: Callable[[], list[Any]], place: int) -> Event | None:
    return event(records()[place])
