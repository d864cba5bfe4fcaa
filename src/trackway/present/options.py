"""What every command takes: how it speaks, and paths as any shell hands them over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from glob import glob
from pathlib import Path
from typing import Any

import click

from trackway.present.streams import Manner

Command = Callable[..., Any]


def common(command: Command) -> Command:
    """Add the options that every command takes."""
    for names, word, text in (
        (("--no-color",), "color", "Print without colours or styles; NO_COLOR does the same."),
        (("-v", "--verbose"), "verbose", "Show the cause of an error."),
        (("-q", "--quiet"), "quiet", "Print results and errors only."),
    ):
        added = click.option(*names, word, is_flag=True, expose_value=False, callback=_keep, help=text)
        command = added(command)
    return command


def expanded(evidence: Sequence[str]) -> list[str]:
    """Return the paths, those with `*` expanded: the shells of Windows leave that to the program."""
    paths: list[str] = []
    for text in evidence:
        found = [] if Path(text).exists() else sorted(glob(text))  # noqa: PTH207  may be absolute
        paths += found or [text]
    return paths


def _keep(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    manner = context.ensure_object(Manner)
    if value and parameter.name:
        setattr(manner, parameter.name, parameter.name != "color")
