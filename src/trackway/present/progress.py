"""How far a trace has come, on a terminal."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from trackway.present.visible import visible

_LETTERS = 40


class Bars:
    """Two bars: bytes read, hosts correlated. Meets `pipeline.Progress`; use it as a context manager."""

    def __init__(self, out: Console) -> None:
        """Draw on this console, which is one of standard error."""
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[what]}", markup=False),
        )
        self._bytes = Progress(*columns, DownloadColumn(), TimeElapsedColumn(), console=out, transient=True)
        self._hosts = Progress(
            *columns, MofNCompleteColumn(), TimeElapsedColumn(), console=out, transient=True
        )
        self._shown: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Bars:
        """Draw nothing yet: there is nothing to say."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Take the bars away."""
        self._show(None)

    def reading(self, file: str, done_bytes: int, total_bytes: int) -> None:
        """One evidence file has been read."""
        self._advance(self._bytes, "reading", file, done_bytes, total_bytes)

    def correlating(self, host: str, done: int, total: int) -> None:
        """One host has been correlated."""
        self._advance(self._hosts, "correlating", host, done, total)

    def _advance(self, bar: Progress, word: str, what: str, done: int, total: int) -> None:
        self._show(bar)
        if self._task is None:
            self._task = bar.add_task(word, total=total, what="")
        bar.update(self._task, completed=done, total=total, what=visible(what)[-_LETTERS:])

    def _show(self, bar: Progress | None) -> None:
        """Only one bar lives on a console at a time."""
        if bar is self._shown:
            return
        if self._shown:
            self._shown.stop()
        self._shown, self._task = bar, None
        if bar:
            bar.start()
