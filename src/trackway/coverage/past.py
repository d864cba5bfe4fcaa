"""What goes past a witness though it is on: programs that ask and send in their own way, proxies, the kernel.

Facts: `EVIDENCE.md` 1.3, 1.4 and 6 of the project; the programs stand in `bypass.csv`, which stories quote too.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

import duckdb

from trackway.coverage.asked import rows
from trackway.coverage.question import Question

KERNEL: Final = (0, 4)
"""PIDs under which Windows itself connects, for whoever asked it: files of other hosts, HTTP, WebDAV."""

ALWAYS: Final = {
    "process": "raw sockets, protocols below TCP and UDP, and what a virtual machine or WSL sends past this host's own "
    "sockets are not asked about",
    "name": "meant are look-ups by way of Windows: browsers that ask over HTTPS, programs that ask a name server "
    "themselves (nslookup), those that keep an answer, and virtual machines go past it",
    "start": "what runs in a virtual machine or in WSL is not asked about",
}
"""What no witness of a question hears, in words; of `connection` it is the same as of `process`."""


def hidden(question: Question) -> str | None:
    """Return why no witness would have to hear the program that is asked about, or null."""
    if question.program is None or question.about == "start":
        return None
    found = _programs().get(_base(question.program))
    if found and _hides(found, question):
        return f"{_base(question.program)}: {found['words']}"
    return None


def by_kernel(question: Question, heard: Sequence[Mapping[str, Any]]) -> str | None:
    """Return why a connection may be the program's though another made it: the kernel did, or null."""
    if question.program is None or question.about == "name":
        return None
    made = [row for row in heard if row["pid"] in KERNEL]
    words = (
        f"{len(made):,} of that target and time the kernel made (PID 4), and no record says for which program"
    )
    return words if made else None


def passed(db: duckdb.DuckDBPyConnection, host: str, question: Question) -> Iterator[str]:
    """Yield what may have gone past the witnesses in the time of a question, as this host's evidence shows."""
    if question.about == "start":
        return
    given = {"host": host, "since": question.since, "until": question.until}
    if question.program is None:
        names = sorted(name for name, each in _programs().items() if _hides(each, question))
        for row in rows(db, "running", **given, names=names):
            yield f"{row['program']} ran: {_programs()[row['program']]['words']}"
    for row in rows(db, "proxied", **given):
        yield (
            f"{row['connections']:,} connections to {row['address']}:{row['port']}, likely a proxy, which asks for "
            "names and connects by itself"
        )


def reused(db: duckdb.DuckDBPyConnection, host: str, question: Question) -> Iterator[str]:
    """Yield which connection from before may have been used in the time of a question: that is no new one."""
    if question.address is None:
        return
    about = {"address": question.address, "port": question.port, "program": question.program}
    for row in rows(db, "reused", host=host, since=question.since, **about):
        yield f"one to {row['target']} was made at {row['time_from']:%Y-%m-%dT%H:%M:%SZ} and may have been used again"


def _hides(program: Mapping[str, str], question: Question) -> bool:
    return program["hides"] == "both" or (program["hides"] == "names" and question.about == "name")


def _base(program: str) -> str:
    return program.lower().replace("/", "\\").rpartition("\\")[2]


@cache
def _programs() -> dict[str, dict[str, str]]:
    """Return the programs that go past a witness, by their file name."""
    text = files("trackway.correlate").joinpath("words", "bypass.csv").read_text(encoding="utf-8")
    return {row["program"]: row for row in csv.DictReader(text.splitlines())}
