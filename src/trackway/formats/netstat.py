"""What `netstat -ano` prints, with `-b` also the program, in any language and code page.

Source: Microsoft, "netstat". Headings and states are translated, the build is not: protocol, two ends, a state of
words for TCP, the PID; below it, with `-b`, the component and the program in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import IO, Final

from trackway.evidence.witnesses import NETSTAT, SOCKETS
from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered
from trackway.formats.whole_text import whole_text

_BEGUN: Final = re.compile(r"\s*(?:TCP|UDP)\s")
_PROGRAM: Final = re.compile(r"\s*\[([^\]\[]+)\]\s*")


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield each socket that netstat printed; see `formats.read`."""
    yield from gathered(_sockets(whole_text(stream, ledger).split("\n")), shapes, ledger)


def _sockets(lines: Sequence[str]) -> Iterator[Found]:
    waiting: Found | None = None
    for number, line in enumerate(lines, 1):
        program = _PROGRAM.fullmatch(line)
        if waiting and program and isinstance(waiting[2], dict):
            waiting[2]["Image"] = program[1]
        if program or not _BEGUN.match(line):
            continue
        if waiting:
            yield waiting
        waiting = SOCKETS, number, _socket(line)
    if waiting:
        yield waiting


def _socket(line: str) -> dict[str, object] | str:
    found = NETSTAT.fullmatch(line)
    if found is None:
        return "not a protocol, two ends and a PID"
    protocol, local, local_port, remote, remote_port, state, pid = found.groups()
    return {
        "Protocol": protocol,
        "LocalAddress": local.strip("[]"),
        "LocalPort": local_port,
        "RemoteAddress": None if remote == "*" else remote.strip("[]"),
        "RemotePort": None if remote_port == "*" else remote_port,
        "State": state,
        "Pid": pid,
    }
