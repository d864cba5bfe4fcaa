"""The commands and their options, as click knows them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click

from trackway import cli


def commands(
    command: click.Command = cli.commands, path: tuple[str, ...] = ("trackway",)
) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its words, those of groups after their group."""
    yield " ".join(path), command
    if isinstance(command, click.Group):
        for name, below in sorted(command.commands.items()):
            yield from commands(below, (*path, name))


def options(command: click.Command) -> list[tuple[str, ...]]:
    """Return the spellings of each option."""
    return [
        tuple(option.opts)
        for option in command.params
        if isinstance(option, click.Option) and not option.hidden
    ]


def examples(command: click.Command) -> list[str]:
    """Return the lines of a command's help that show how it is typed."""
    return re.findall(r"^\s+(trackway .+)$", command.help or "", re.MULTILINE)


def typed(text: str) -> list[str]:
    """Return the command lines of Trackway in a code block, continued lines joined, without what follows a `|`."""
    lines = text.replace("\\\n", " ").replace("`\n", " ").splitlines()
    found = (re.match(r"(?:\$ |> )?(?:\S*[/\\])?(trackway(?: .*)?)$", line.strip()) for line in lines)
    return [re.split(r" [|>&]|  #", line[1])[0].strip() for line in found if line]


def parse(line: str) -> None:
    """Read a command line as the shell and click do; raise where a user would be told of wrong usage."""
    name, *words = shlex.split(line)
    command: click.Command = cli.commands
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        assert words[0] in command.commands, f"{line}: there is no command {words[0]}"
        command, name, words = command.commands[words[0]], words[0], words[1:]
    if not {"--help", "--version"} & set(words):
        command.make_context(name, words, resilient_parsing=False)
