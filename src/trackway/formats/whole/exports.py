"""Whole records of exports, of every kind whose reader hands events to a `Gathering`."""

from __future__ import annotations

from typing import cast

from trackway.formats.event_forms import Event, first
from trackway.formats.gather import Again, Gathering
from trackway.formats.json_text import Inexact, integer
from trackway.formats.rows import Ledger, RowStream
from trackway.formats.whole.forms import own_time, tree
from trackway.formats.whole.sieve import Sieve, Tally, Whole

_WAITING = 1_000


class WholeGathering(Gathering):
    """Makes trees of events instead of rows; what it calls batches are whole records."""

    def __init__(self, sieve: Sieve, tally: Tally, ledger: Ledger) -> None:
        """Keep what the sieve lets through."""
        super().__init__((), ledger)
        self._sieve, self._tally = sieve, tally
        self._waiting: list[Whole] = []

    def is_wanted(self, event_id: int) -> bool:
        """True where the sieve may let an event of that number through, or its time is to be known."""
        return self._tally.wants_times or self._sieve.lets_through(event_id, None, None, None)

    def wants(self, event_id: int, provider: str | None, channel: str | None) -> bool:  # noqa: ARG002  as inherited
        """True as for the number alone: what is refused later is counted by its provider and log."""
        return self.is_wanted(event_id)

    def take(self, event: Event, size: int, line: int | None, again: Again) -> None:
        """Count an event that was seen, and keep it where the sieve lets it through."""
        time = own_time(event.header)
        at = time.ticks if time else None
        self._tally.count(event.provider, event.channel, at)
        if not self._sieve.lets_through(event.event_id, event.provider, event.channel, at):
            self._ledger.ignored += 1
            return
        try:
            root = tree(event)
        except Inexact:
            root = tree(again() or event)
        record = integer(first(event.header, "record"))
        self._waiting.append(Whole(line, record, at, time is not None and time.zoned, size, root))
        self.full = self.full or len(self._waiting) >= _WAITING

    def batches(self) -> RowStream:
        """Yield the records that wait."""
        waiting, self._waiting = self._waiting, []
        self.full = False
        return cast("RowStream", iter(waiting))
