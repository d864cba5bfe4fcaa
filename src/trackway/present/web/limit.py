"""How long a question may take: what it still runs then is cut off, on every connection it was lent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import Final

import duckdb

from trackway.errors import TrackwayError

SECONDS: Final = 30.0
"""Longest time for one question."""

MEMORY: Final = "700MB"
"""Most memory of DuckDB; what does not fit goes to a temporary folder."""

_AGAIN: Final = 0.1
"""Seconds between two cuts: a question is many statements, and one may begin after the first cut."""


class TooSlowError(TrackwayError):
    """A question took longer than `SECONDS`, or more memory than there is for it."""


class Limit:
    """Lets one question run at a time, and not for long."""

    def __init__(self, *connections: duckdb.DuckDBPyConnection) -> None:
        """Begin.

        Args:
            connections: what questions run on; `lent` adds more for a while.
        """
        self._lock = Lock()
        self._connections = list(connections)

    @contextmanager
    def held(self, seconds: float) -> Iterator[None]:
        """Run one question.

        Raises:
            TooSlowError: it took longer, or too much memory.
        """
        over = Event()
        with self._lock:
            thread = Thread(target=self._cut, args=(over, seconds), daemon=True)
            thread.start()
            try:
                yield
            except duckdb.InterruptException as error:
                raise TooSlowError(
                    f"the question took longer than {seconds:.0f} seconds; narrow it down"
                ) from error
            except duckdb.OutOfMemoryException as error:
                raise TooSlowError(f"the question needs more than {MEMORY}; narrow it down") from error
            finally:
                over.set()
                thread.join()

    @contextmanager
    def lent(self, connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
        """Cut off this connection too."""
        self._connections.append(connection)
        try:
            yield connection
        finally:
            self._connections.remove(connection)

    def _cut(self, over: Event, seconds: float) -> None:
        while not over.wait(seconds):
            for connection in tuple(self._connections):
                connection.interrupt()
            seconds = _AGAIN
