"""Consoles that print what a case says as it is: no markup, no highlighting, no escape on a pipe."""

from __future__ import annotations

from typing import Final, TextIO

from rich.console import Console
from rich.text import Text

from trackway.present.visible import visible

PIPED_WIDTH: Final = 200
"""Columns where there is no terminal to fit."""


def console(stream: TextIO, *, color: bool = True) -> Console:
    """Return a console on a stream; styles only on a terminal, and only where they are wanted."""
    is_terminal = stream.isatty()
    return _Plain(
        file=stream,
        force_terminal=is_terminal,
        no_color=not color,
        color_system="auto" if is_terminal and color else None,
        width=None if is_terminal else PIPED_WIDTH,
        markup=False,
        emoji=False,
        highlight=False,
    )


class _Plain(Console):
    """A console that leaves a closed pipe to the program's edge; rich would end with exit code 1."""

    def on_broken_pipe(self) -> None:
        """Pass on the error at hand."""
        raise  # noqa: PLE0704  rich calls this while it handles a BrokenPipeError


def said(text: object, style: str = "") -> Text:
    """Return a text of the case, made visible, as a piece that is never read as markup."""
    return Text(visible(str(text)), style=style)
