"""Ephemeral ports: which are free, and that they come back."""

from __future__ import annotations

import heapq

from trackway.lab.world.dice import Dice
from trackway.lab.world.facts import TCP, UDP


class Ports:
    """The ephemeral ports of TCP and of UDP; a port is free again when its connection is over."""

    def __init__(self, dice: Dice, first: int, last: int) -> None:
        """Give out ports from `first` to `last`."""
        self._dice, self._first, self._last = dice, first, last
        self._next = {TCP: first + 500, UDP: first + 500}
        self._taken: dict[int, set[int]] = {TCP: set(), UDP: set()}
        self._until: list[tuple[int, int, int]] = []

    def take(self, protocol: int, now: int, until: int) -> int:
        """Return a port for a connection that lasts until `until`: TCP counts up, UDP jumps about."""
        while self._until and self._until[0][0] <= now:
            _, freed, port = heapq.heappop(self._until)
            self._taken[freed].discard(port)
        taken = self._taken[protocol]
        while (port := self._candidate(protocol)) in taken:
            if len(taken) > self._last - self._first:
                break
        taken.add(port)
        heapq.heappush(self._until, (until, protocol, port))
        return port

    def _candidate(self, protocol: int) -> int:
        if protocol == UDP:
            return self._dice.whole(self._first, self._last)
        port = self._next[protocol] + self._dice.whole(1, 2)
        self._next[protocol] = port = port if port <= self._last else self._first
        return port
