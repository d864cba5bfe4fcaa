"""What a reader of whole records is asked for, and what it gives."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from trackway.formats.whole.holds import Holds
from trackway.formats.whole.tree import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """What a record must at least be to be decoded; null asks for nothing. Letting too much through is no error.

    Attributes:
        events: event ids.
        providers: provider names, lower case.
        channels: channel names, lower case.
        since: first time, ticks.
        until: last time, ticks.
        holds: what its columns must hold; looked at only where a reader has columns.
        texts: each is part of the text of an element, letter by letter; looked at only where one has XML.
    """

    events: frozenset[int] | None = None
    providers: frozenset[str] | None = None
    channels: frozenset[str] | None = None
    since: int | None = None
    until: int | None = None
    holds: Holds | None = None
    texts: frozenset[str] = frozenset()

    def lets_through(
        self, event: int | None, provider: str | None, channel: str | None, ticks: int | None
    ) -> bool:
        """True unless what is known of a record says that it is not wanted."""
        return (
            _among(event, self.events)
            and _among(provider.lower() if provider else None, self.providers)
            and _among(channel.lower() if channel else None, self.channels)
            and (ticks is None or self.since is None or ticks >= self.since)
            and (ticks is None or self.until is None or ticks <= self.until)
        )


NOTHING: Final = Sieve(events=frozenset())
"""Lets no record through, to learn only what a file holds."""


@dataclass(slots=True)
class Tally:
    """What was in the files, wanted or not.

    Attributes:
        wants_times: whether the time of a record that is not wanted matters, too.
        wants_sources: whether its channel and provider do.
        channels: records of each channel, where they matter of all records.
        providers: records of each provider, where they matter.
        newest: the newest time, ticks.
    """

    wants_times: bool = False
    wants_sources: bool = False
    channels: Counter[str] = field(default_factory=Counter)
    providers: Counter[str] = field(default_factory=Counter)
    newest: int | None = None

    def count(self, provider: str | None, channel: str | None, ticks: int | None) -> None:
        """Count one record."""
        if channel:
            self.channels[channel] += 1
        if provider:
            self.providers[provider] += 1
        if ticks is not None and (self.newest is None or ticks > self.newest):
            self.newest = ticks


class Whole(NamedTuple):
    """One record.

    Attributes:
        line: 1-based line of a text file, or null.
        record: EventRecordID, or null.
        ticks: its own time, or null where it has none.
        zoned: whether the evidence says of what zone that is.
        size: bytes that it takes in the evidence, null where the reader does not tell.
        root: the event.
    """

    line: int | None
    record: int | None
    ticks: int | None
    zoned: bool
    size: int | None
    root: Element


def _among(value: object, wanted: frozenset[int] | frozenset[str] | None) -> bool:
    return wanted is None or (value in wanted if value is not None else bool(wanted))
