"""How long a question may take: what it still runs then is cut off, on every connection it was lent.

So is a question whose asker has gone: a page that asks anew lets go of what it asked before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from heapq import heappop, heappush
from itertools import count
from threading import Condition, Event, Thread
from typing import Final

import duckdb

from trackway.errors import ModelError, TrackwayError

SECONDS: Final = 30.0
"""Longest time for one question."""

MEMORY: Final = "700MB"
"""Most memory of DuckDB; what does not fit goes to a temporary folder."""

_PATIENCE: Final = 3
_AGAIN: Final = 0.1
"""Seconds between two cuts: a question is many statements, and one may begin after the first cut."""


class TooSlowError(TrackwayError):
    """A question took longer than `SECONDS`, or more memory than there is for it."""


class DroppedError(TrackwayError):
    """Nobody waits for the answer any more."""


class OvertakenError(TrackwayError):
    """What is urgent came; the question may be asked again at once, and is answered after it."""


class Asker:
    """Whoever waits for the answers to a request's questions.

    Attributes:
        is_urgent: whether its questions go before those of others that still wait.
        is_gone: whether nobody waits any more.
        is_overtaken: whether the question that runs is cut off for an urgent one.
        patience: how often that may happen.
        woken: set when a question ends, or is to be cut off.
    """

    def __init__(self, *, is_urgent: bool = True) -> None:
        """Begin with somebody who waits."""
        self.is_urgent = is_urgent
        self.is_gone = False
        self.is_overtaken = False
        self.patience = _PATIENCE
        self.woken = Event()

    def give_way(self) -> None:
        """Let an urgent question go before the one that runs, unless that happened too often."""
        if not self.is_urgent and self.patience > 0 and not self.is_overtaken:
            self.patience -= 1
            self.is_overtaken = True
            self.woken.set()

    def leave(self) -> None:
        """Cut off what runs, and let nothing begin."""
        self.is_gone = True
        self.woken.set()


asker: ContextVar[Asker | None] = ContextVar("asker", default=None)
"""Who asks in this context; null is somebody who always waits."""


def _said(error: Exception, waiting: Asker, seconds: float) -> Exception:
    """Return what became of a question, whichever of its statements was cut off."""
    cause = error.__cause__ if isinstance(error, ModelError) else error
    if isinstance(cause, duckdb.InterruptException):
        if waiting.is_gone:
            return DroppedError("nobody waits for the answer")
        if waiting.is_overtaken:
            return OvertakenError("an urgent question came")
        return TooSlowError(f"the question took longer than {seconds:.0f} seconds; narrow it down")
    if isinstance(cause, duckdb.OutOfMemoryException):
        return TooSlowError(f"the question needs more than {MEMORY}; narrow it down")
    return error


class Limit:
    """Lets one question run at a time, and not for long."""

    def __init__(self, *connections: duckdb.DuckDBPyConnection) -> None:
        """Begin.

        Args:
            connections: what questions run on; `lent` adds more for a while.
        """
        self._turn = Condition()
        self._waiting: list[tuple[bool, int]] = []
        self._number = count()
        self._running: Asker | None = None
        self._connections = list(connections)

    @contextmanager
    def held(self, seconds: float) -> Iterator[None]:
        """Run one question.

        Raises:
            TooSlowError: it took longer, or too much memory.
            DroppedError: nobody waits for it any more.
            OvertakenError: an urgent one came.
        """
        over, waiting = Event(), asker.get() or Asker()
        with self._next(waiting):
            if waiting.is_gone:
                raise DroppedError("nobody waits for the answer")
            thread = Thread(target=self._cut, args=(over, waiting, seconds), daemon=True)
            thread.start()
            try:
                yield
            except (duckdb.Error, ModelError) as error:
                said = _said(error, waiting, seconds)
                if said is error:
                    raise
                raise said from error
            finally:
                over.set()
                waiting.woken.set()
                thread.join()

    @contextmanager
    def lent(self, connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
        """Cut off this connection too."""
        self._connections.append(connection)
        try:
            yield connection
        finally:
            self._connections.remove(connection)

    @contextmanager
    def _next(self, waiting: Asker) -> Iterator[None]:
        """Wait until it is the asker's turn: first the urgent ones, each in the order of coming."""
        ticket = (not waiting.is_urgent, next(self._number))
        with self._turn:
            heappush(self._waiting, ticket)
            if waiting.is_urgent and self._running is not None:
                self._running.give_way()
            self._turn.wait_for(lambda: self._running is None and self._waiting[0] == ticket)
            heappop(self._waiting)
            waiting.is_overtaken = False
            waiting.woken.clear()
            self._running = waiting
        try:
            yield
        finally:
            with self._turn:
                self._running = None
                self._turn.notify_all()

    def _cut(self, over: Event, waiting: Asker, seconds: float) -> None:
        waiting.woken.wait(seconds)
        while not over.is_set():
            for connection in tuple(self._connections):
                connection.interrupt()
            over.wait(_AGAIN)
