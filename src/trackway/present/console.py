"""Consoles that print what a case says as it is: no markup, no highlighting, no escape on a pipe."""

from __future__ import annotations

from typing import Final, TextIO

from rich.console import Console
from rich.text import Text

from trackway.present.visible import visible

PIPED_WIDTH: Final = 160
"""Columns where there is no terminal to fit."""


def console(stream: TextIO, *, color: bool = True) -> Console:
    """Return a console on a stream; styles only on a terminal, and only where they are wanted."""
    is_terminal = stream.isatty()
    return Console(
        file=stream,
        force_terminal=is_terminal,
        no_color=not color,
        color_system="auto" if is_terminal and color else None,
        width=None if is_terminal else PIPED_WIDTH,
        markup=False,
        emoji=False,
        highlight=False,
    )


def said(text: object, style: str = "") -> Text:
    """Return a text of the case, made visible, as a piece that is never read as markup."""
    return Text(visible(str(text)), style=style)
