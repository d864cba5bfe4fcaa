"""A log: takes what its witness writes as it comes and hands it on in the order of time, numbered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from trackway.lab.witness.record import Item, Silence, group_of
from trackway.lab.world.dice import Dice
from trackway.lab.world.facts import Fact
from trackway.lab.world.schedule import SECOND

LATEST: Final = 60 * SECOND
"""Microseconds by which a fact can be told, or a record written, after the moment it is about."""

_MANY: Final = 4096


class Witness(Protocol):
    """Writes down what it sees of a fact."""

    def records(self, fact: Fact) -> Iterator[Item | Silence]:
        """Yield what it writes of one fact, in any order of time, and what it keeps silent about."""


class Together:
    """Several witnesses that write into one file."""

    def __init__(self, witnesses: Sequence[Witness]) -> None:
        """Let each write in turn."""
        self._witnesses = witnesses

    def records(self, fact: Fact) -> Iterator[Item | Silence]:
        """Yield what each of them writes."""
        for witness in self._witnesses:
            yield from witness.records(fact)


class Writer(Protocol):
    """Takes numbered items in the order of time.

    Attributes:
        oldest: number of the first item the file still holds.
    """

    @property
    def oldest(self) -> int | None: ...

    def write(self, number: int, item: Item) -> int | None:
        """Write one item and return its line, where the file has lines."""

    def clear(self) -> None:
        """Forget all that has been written."""

    def abandon(self) -> None:
        """Close the file as it is."""

    def close(self) -> None:
        """Make the file whole."""


class Heard(Protocol):
    """Told of every item and of every silence."""

    def written(self, file: str, number: int, line: int | None, item: Item) -> None: ...

    def silent(self, silence: Silence) -> None: ...


class Log:
    """One file of one host.

    Attributes:
        file: path below the evidence folder.
        group: the group of sources it belongs to.
        last: number of the last item.
    """

    def __init__(
        self, file: str, group: str, *, writer: Writer, witness: Witness, heard: Heard, loss: float = 0.0
    ) -> None:
        """Number items from 1 on; a share of `loss` is lost on the way."""
        self.file, self.group, self.last = file, group, 0
        self._writer, self._witness, self._heard = writer, witness, heard
        self._loss, self._dice = loss, Dice("loss", file)
        self._waiting: list[Item] = []
        self._off: frozenset[str] = frozenset()
        self._kept = 0

    @property
    def first(self) -> int | None:
        """Return the number of the first item that the file still holds."""
        return self._writer.oldest

    def hear(self, fact: Fact, now: int) -> None:
        """Let the witness write; what nothing can come before any more goes to the file."""
        for item in self._witness.records(fact):
            self._take(item)
        if len(self._waiting) > self._kept + _MANY:
            self._write(now - LATEST)

    def _take(self, item: Item | Silence) -> None:
        if isinstance(item, Silence):
            self._heard.silent(item)
        elif self._off and group_of(item.kind) in self._off:
            self._heard.silent(Silence(item.about, item.kind, "off"))
        elif self._loss and self._dice.chance(self._loss):
            self._heard.silent(Silence(item.about, item.kind, "lost"))
        else:
            self._waiting.append(item)

    def switch(self, group: str, *, on: bool) -> None:
        """Let a group of sources fall silent, or write again."""
        self._off = self._off - {group} if on else self._off | {group}

    def clear(self, now: int, item: Item | None) -> None:
        """Forget what there is; `item` says so and comes first."""
        self._write(now)
        self._writer.clear()
        self._waiting[:0] = [item] if item else []

    def abandon(self) -> None:
        """Give up."""
        self._writer.abandon()

    def close(self) -> None:
        """Write all that is left."""
        self._write(None)
        self._writer.close()

    def _write(self, before: int | None) -> None:
        self._waiting.sort(key=_time)
        count = len(self._waiting)
        for position, item in enumerate(self._waiting):
            if before is not None and item.time >= before:
                count = position
                break
            self.last += 1
            line = self._writer.write(self.last, item)
            self._heard.written(self.file, self.last, line, item)
        del self._waiting[:count]
        self._kept = len(self._waiting)


def _time(item: Item) -> int:
    return item.time
