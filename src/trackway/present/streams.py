"""The edge of the program: standard streams, errors as one line, exit codes."""

from __future__ import annotations

import errno
import io
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

import click

from trackway.errors import TrackwayError, UsageError
from trackway.present.visible import visible

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130

_CLOSED: Final = frozenset({errno.EPIPE, errno.EINVAL})
"""What writing to a pipe that nobody reads gives; Windows says EINVAL."""


@dataclass(slots=True)
class Manner:
    """How a command speaks: the options that every command takes."""

    quiet: bool = False
    verbose: bool = False
    color: bool = True


def run(commands: click.Command, arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; an error becomes one line on standard error."""
    _accept_any_text()
    manner = Manner()
    manner.color = not os.environ.get("NO_COLOR")
    try:
        # not `main`, which prints a line of its own when interrupted and takes a closed pipe for a failure
        with commands.make_context("trackway", list(arguments), obj=manner) as context:
            result = commands.invoke(context)
        sys.stdout.flush()
        return int(result or 0)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except (KeyboardInterrupt, click.Abort):
        note("interrupted; what is whole is kept, and the same command takes the rest up again")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  the command's edge: whatever it is, the user gets one line
        return _failed(error, manner)


def note(text: str) -> None:
    """Print one line to standard error."""
    click.echo(f"trackway: {visible(text)}", err=True)


def binary_output() -> BinaryIO:
    """Return standard output for bytes, after what was printed as text."""
    sys.stdout.flush()
    return sys.stdout.buffer


def _failed(error: Exception, manner: Manner) -> int:
    if isinstance(error, OSError) and error.errno in _CLOSED and not error.filename:
        _drop_output()
        return 0
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return WRONG_USAGE
    if manner.verbose:
        for line in traceback.format_exception(error):
            click.echo("\n".join(map(visible, line.splitlines())), err=True)
    note(_sentence(error))
    return WRONG_USAGE if isinstance(error, UsageError | click.UsageError) else FAILED


def _sentence(error: Exception) -> str:
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "trackway"
        return f"{error.format_message().rstrip('.')}; see {command} --help"
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, TrackwayError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    return (
        f"{type(error).__name__}: {error}; this is a defect of Trackway, please report it with what -v prints"
    )


def _accept_any_text() -> None:
    """Let a console that cannot print a letter print its number instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _drop_output() -> None:
    """Send what is still buffered to nowhere, so that the interpreter ends without a word."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = io.StringIO()
