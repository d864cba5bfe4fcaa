"""What `nslookup -debug` and `dig` print: each answer with its TTL, and whether the authority gave it.

Sources: nslookup of Windows (`ttl = 14400 (4 hours)`, `header flags:  response, auth. answer`), dig of BIND 9
(`;; flags: qr aa rd`, `name. TTL IN A address`); read as printed. Words that Windows translates are not relied
on, but for the authority's flag: where it is not understood, an answer counts as aged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from ipaddress import ip_address
from itertools import pairwise
from typing import IO, Final, NamedTuple

from trackway.evidence.witnesses import RESOLVED
from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered
from trackway.formats.whole_text import whole_text

_OWNER: Final = re.compile(r"\s*->\s+(\S+)\s*")
_DATA: Final = re.compile(r"\s*(\w[^=]*?)\s*=\s*([^\s(]+)\s*")
_TTL: Final = re.compile(r"\s*\w[^=]*? = (\d+) \([^)]*\)\s*")
# questions = 1,  answers = 1,  authority records = 0,  additional = 0
_COUNTS: Final = re.compile(r"\s*[^=,]+ = \d+,[^=,]+ = (\d+),[^=,]+ = \d+,[^=,]+ = \d+\s*")
_LABELLED: Final = re.compile(r"\s*\w+\s*:\s+\S")
_SERVER: Final = re.compile(r"(?:\w+\s*|;; SERVER):\s*([0-9A-Fa-f.:]+?)(?:#\d+.*)?\s*")
_DIG_SECTION: Final = re.compile(r";; (\w+) SECTION:\s*")
# www.example.com.  300  IN  CNAME  example.com.
_ANSWER: Final = re.compile(r"(\S+?)\.?\s+(\d+)\s+(?:IN|CLASS1)\s+(\w+)\s+(\S.*?)\.?\s*")


def nslookup(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the answers that nslookup printed; see `formats.read`."""
    yield from gathered(_nslookup(whole_text(stream, ledger).split("\n")), shapes, ledger)


def dig(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the answers that dig printed; see `formats.read`."""
    yield from gathered(_dig(whole_text(stream, ledger).split("\n")), shapes, ledger)


class _Answer(NamedTuple):
    """An answer of nslookup as far as it has been printed."""

    line: int = 0
    name: str | None = None
    kind: str | None = None
    data: str | None = None


def _nslookup(lines: Sequence[str]) -> Iterator[Found]:
    server = _server(lines)
    authority, left, answer = False, len(lines), _Answer()
    for number, line in enumerate(lines, 1):
        if "header flags:" in line:
            authority = "auth. answer" in line
        elif counts := _COUNTS.fullmatch(line):
            left = int(counts[1])  # what comes after so many owners is no answer
        elif found := _OWNER.fullmatch(line):
            answer, left = _Answer(number, found[1] if left > 0 else None), left - 1
        elif answer.name and (found := _TTL.fullmatch(line)):
            yield _found(answer, found[1], authority=authority, server=server)
            answer = _Answer()
        elif answer.name and not answer.kind and (found := _DATA.fullmatch(line)):
            answer = answer._replace(kind=_type(answer.name, found[2]), data=found[2])


def _type(owner: str, data: str) -> str:
    """Return the type that the data show: the words before them are translated."""
    with suppress(ValueError):
        return "AAAA" if ip_address(data).version == 6 else "A"  # noqa: PLR2004  the version's own number
    return "PTR" if owner.lower().rstrip(".").endswith(".arpa") else "CNAME"


def _server(lines: Sequence[str]) -> str | None:
    """Return the server that answered: nslookup's first `Address:` below a label, as it stands above `Name:`."""
    for before, line in pairwise(["", *lines]):
        found = _SERVER.fullmatch(line)
        if found and (line.startswith(";;") or _LABELLED.match(before)):
            return None if before.lstrip().startswith("Name") else found[1]
    return None


def _dig(lines: Sequence[str]) -> Iterator[Found]:
    server = _server(lines)
    authority, section = False, "ANSWER"
    for number, line in enumerate(lines, 1):
        if line.startswith(";; flags:"):
            authority = "aa" in line.split(";")[2].split()
        elif found := _DIG_SECTION.fullmatch(line):
            section = found[1]
        elif section == "ANSWER" and not line.startswith(";") and (found := _ANSWER.fullmatch(line)):
            answer = _Answer(number, found[1], found[3], found[4])
            yield _found(answer, found[2], authority=authority, server=server)


def _found(answer: _Answer, ttl: str, *, authority: bool, server: str | None) -> Found:
    return RESOLVED, answer.line, {
        "Name": answer.name, "Type": answer.kind, "TTL": ttl, "Data": answer.data, "Server": server,
        "Section": "Answer", "Authoritative": "true" if authority else "false",
    }  # fmt: skip
