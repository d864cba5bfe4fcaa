"""Records as rows, pages of them: what the machine formats and the text table show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

import pyarrow as pa

from trackway.formats.whole.tree import written
from trackway.logs import values
from trackway.logs.evidence import Found
from trackway.logs.messages import CATALOGUE, Messages, fields

PAGE: Final = 1_000
SCHEMA: Final = pa.schema(
    [
        ("time", pa.timestamp("us", tz="UTC")),
        ("computer", pa.string()),
        ("provider", pa.string()),
        ("channel", pa.string()),
        ("event_id", pa.int64()),
        ("version", pa.int64()),
        ("level", pa.int64()),
        ("pid", pa.int64()),
        ("user", pa.string()),
        ("message", pa.string()),
        ("data", pa.map_(pa.string(), pa.string())),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("record", pa.int64()),
    ]
)
"""Columns of a record; `data` has the fields by name, of several of one name the later ones numbered."""

_LARGEST: Final = (1 << 63) - 1


def pages(records: Iterable[Found], messages: Messages = CATALOGUE) -> Iterator[pa.Table]:
    """Yield the rows of the records, page by page; one empty page where there are none."""
    iterator = iter(records)
    page = list(islice(iterator, PAGE))
    while True:
        yield pa.Table.from_pylist([row(found, messages) for found in page], schema=SCHEMA)
        page = list(islice(iterator, PAGE))
        if not page:
            return


def row(found: Found, messages: Messages = CATALOGUE) -> dict[str, Any]:
    """Return one record as a row."""
    event, whole = found.whole.root, found.whole
    return {
        "time": None if whole.ticks is None else whole.ticks // 10,
        "computer": event.value("System/Computer") or None,
        "provider": event.value("System/Provider", "Name") or None,
        "channel": event.value("System/Channel") or None,
        "event_id": integer(event.value("System/EventID")),
        "version": integer(event.value("System/Version")),
        "level": integer(event.value("System/Level")),
        "pid": integer(event.value("System/Execution", "ProcessID")),
        "user": event.value("System/Security", "UserID") or None,
        "message": messages.of(event),
        "data": list(numbered(fields(event)).items()),
        "file": found.file,
        "line": whole.line,
        "record": whole.record,
    }


def numbered(given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return values by name; the second of a name is called `Data_2`."""
    seen: Counter[str] = Counter()
    named: dict[str, str] = {}
    for name, value in given:
        seen[name] += 1
        free = name if seen[name] == 1 else f"{name}_{seen[name]}"
        while free in named:
            free += "_"
        named[free] = value
    return named


def xml(records: Iterable[Found]) -> Iterator[str]:
    """Yield a document with one event a line, as Windows writes them."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n<Events>\n'
    for found in records:
        yield written(found.whole.root) + "\n"
    yield "</Events>\n"


def integer(text: str | None) -> int | None:
    """Return a whole number of at most 64 bits, null where the text is none."""
    found = values.number(text or "")
    return found if isinstance(found, int) and abs(found) <= _LARGEST else None
