"""Time on a host: who does something next.

A program is a generator that yields the seconds it waits; between two waits it acts at one moment.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Final

SECOND: Final = 1_000_000
"""Microseconds; every moment in the lab is whole microseconds since 1970, UTC."""


def moment(text: str) -> int:
    """Return the moment of an ISO 8601 text, which is UTC where it names no zone."""
    read = datetime.fromisoformat(text)
    return round((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp() * SECOND)


Program = Generator[float, None, None]


class Schedule:
    """Runs programs in the order of time; those of one moment in the order they were given."""

    def __init__(self, start: int) -> None:
        """Begin at `start`."""
        self.now = start
        self._waiting: list[tuple[int, int, Program]] = []
        self._count = 0

    def add(self, program: Program, after: float = 0.0) -> None:
        """Let a program begin so many seconds from now."""
        self._count += 1
        heapq.heappush(self._waiting, (self.now + int(after * SECOND), self._count, program))

    def run(self, until: int) -> None:
        """Let time pass up to `until`; what is left waits there."""
        while self._waiting and self._waiting[0][0] < until:
            self.now, _, program = heapq.heappop(self._waiting)
            wait = next(program, None)
            if wait is not None:
                self.add(program, wait)
        self.now = until

    def clear(self) -> None:
        """Forget every program."""
        self._waiting.clear()

    def sleep(self, seconds: float) -> None:
        """Let time pass in which nothing runs: every program goes on so much later."""
        pause = int(seconds * SECOND)
        self.now += pause
        self._waiting = [(time + pause, count, program) for time, count, program in self._waiting]
