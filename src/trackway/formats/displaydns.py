"""`ipconfig /displaydns` in any language: its layout is the same in all of them.

    queried.name
    ----------------------------------------
    Record Name . . . . . : owner
    Record Type . . . . . : 5
    Time To Live  . . . . : 210
    Data Length . . . . . : 8
    Section . . . . . . . : Answer
    CNAME Record  . . . . : target

Source: printed caches in English, German, Spanish and Chinese. A heading may hold several records, and an
entry without records is one line that names a type, or none where the name does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import IO, Final

from trackway.evidence.witnesses import DNS_CACHE
from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered
from trackway.formats.whole_text import whole_text

NO_RECORDS, NO_NAME = "9701", "9003"

_RULE: Final = re.compile(r"\s*-{20,}\s*")
# "Record Name . . . . . : owner", in Chinese with a wide colon; dots lead to the colon
_LABELLED: Final = re.compile(r"\s*(?P<label>[^\n]*?)[ .\u3002]*[ .][:\uff1a]\s*(?P<value>.*?)\s*")
_TYPE: Final = re.compile(
    r"(?<![A-Za-z])(A|AAAA|ANY|CNAME|HTTPS|MX|NS|PTR|SOA|SRV|SVCB|TXT|\d{1,5})(?![A-Za-z])"
)
_LEAST: Final = 3


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the records of a printed resolver cache; see `formats.read`."""
    yield from gathered(_records(whole_text(stream, ledger).split("\n")), shapes, ledger)


def _records(lines: Sequence[str]) -> Iterator[Found]:
    starts = [place for place in range(1, len(lines)) if _RULE.fullmatch(lines[place])]
    for start, following in zip_longest(starts, starts[1:], fillvalue=len(lines) + 1):
        entry = lines[start - 1].strip()
        if entry:
            yield from _entry(entry, start, lines[start + 1 : following - 1])


def _entry(entry: str, start: int, lines: Sequence[str]) -> Iterator[Found]:
    """Yield the records below a heading; `start` is the 1-based line of the heading."""
    block: list[tuple[str, str]] = []
    is_empty = True
    for number, line in enumerate([*lines, ""], start + 2):
        found = _LABELLED.fullmatch(line)
        if block and (found is None or found["label"] == block[0][0]):
            yield _record(entry, number - len(block), [value for _, value in block])
            block, is_empty = [], False
        if found:
            block.append((found["label"], found["value"]))
        elif line[:1].isspace() and line.strip():  # a heading of the console's is not indented
            yield _negative(entry, number, line)
            is_empty = False
    if is_empty:
        yield DNS_CACHE, start, "a heading without any record"


def _record(entry: str, line: int, values: Sequence[str]) -> Found:
    """Return a record: name, type, TTL, length, section and data stand in this order in every language."""
    if len(values) < _LEAST or not values[1].isdecimal() or not values[2].isdecimal():
        return DNS_CACHE, line, "a record without its type or its TTL"
    name, kind, left, _, section, *data = [*values, *[""] * 5][: max(len(values), 6)]
    return DNS_CACHE, line, {
        "Entry": entry, "Name": name, "Type": kind, "Status": "0", "Section": section, "TimeToLive": left,
        "Data": " ".join(filter(None, data)),
    }  # fmt: skip


def _negative(entry: str, line: int, words: str) -> Found:
    kind = _TYPE.search(words)
    status = NO_RECORDS if kind else NO_NAME
    return (
        DNS_CACHE,
        line,
        {"Entry": entry, "Name": entry, "Type": kind[1] if kind else None, "Status": status},
    )
