"""Sorting events: which are wanted, which are not, and when a batch is full."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final

from trackway.formats.columns import BATCH_BYTES, BATCH_ROWS, Rejected, Wanted
from trackway.formats.event_forms import Event, first
from trackway.formats.json_text import Inexact, integer
from trackway.formats.rows import Ledger, RowStream, Shape

_MANY_SKIPS: Final = 10_000

Again = Callable[[], Event | None]


def gathering(wanted: Sequence[Shape] | Gathering, ledger: Ledger) -> Gathering:
    """Return what takes the events of a file: `wanted` itself where somebody gathers in another way."""
    return wanted if isinstance(wanted, Gathering) else Gathering(wanted, ledger)


class Gathering:
    """The rows of one file as they come together."""

    def __init__(self, shapes: Sequence[Shape], ledger: Ledger) -> None:
        """Look for `shapes` and keep the ledger."""
        self._ledger = ledger
        self._wanted = [Wanted(shape) for shape in shapes]
        self._by_event: dict[int, list[Wanted]] = defaultdict(list)
        for wanted in self._wanted:
            for number in wanted.shape.events:
                self._by_event[number].append(wanted)
        self._by_event.default_factory = None
        self._bytes = 0
        self.full = False

    def is_wanted(self, event_id: int) -> bool:
        """True where some shape asks for an event of that number."""
        return event_id in self._by_event

    def wants(self, event_id: int, provider: str | None, channel: str | None) -> bool:
        """True where some shape may ask for such an event; what is not known about it may be anything."""
        if provider is None and channel is None:
            return self.is_wanted(event_id)
        return any(wanted.names(provider, channel) for wanted in self._by_event.get(event_id, ()))

    def take(self, event: Event, size: int, line: int | None, again: Again) -> None:
        """Count an event that was seen, and keep its row where it is wanted.

        Args:
            event: the event.
            size: bytes of its record.
            line: where it stands.
            again: reads it exactly, number by number as spelled.
        """
        for wanted in self._by_event.get(event.event_id, ()):
            if wanted.fits(event):
                self._keep(wanted, event, size, line, again)
                return
        self._ledger.ignored += 1

    def batches(self) -> RowStream:
        """Yield what has come together; without rows where only the ledger has grown."""
        waiting = [wanted for wanted in self._wanted if wanted.waiting]
        for wanted in waiting or self._wanted[:1] * (len(self._ledger.skips) >= _MANY_SKIPS):
            yield wanted.batch()
        self._bytes, self.full = 0, False

    def skip(self, reason: str, *, line: int | None = None, record: int | None = None) -> None:
        """Put a record down as one that cannot be used."""
        self._ledger.skip(reason, line=line, record=record)
        self.full = self.full or len(self._ledger.skips) >= _MANY_SKIPS

    def _keep(self, wanted: Wanted, event: Event, size: int, line: int | None, again: Again) -> None:
        try:
            count = self._added(wanted, event, line, again)
        except Rejected as reason:
            self.skip(str(reason), line=line, record=integer(first(event.header, "record")))
            return
        self._bytes += size
        self.full = self.full or count >= BATCH_ROWS or self._bytes >= BATCH_BYTES

    def _added(self, wanted: Wanted, event: Event, line: int | None, again: Again) -> int:
        try:
            return wanted.add(event, line)
        except Inexact:
            exact = again()
            if exact is None:
                raise Rejected("the record reads differently the second time") from None
            return wanted.add(exact, line)
