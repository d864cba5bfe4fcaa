"""Records of an event log as the package `evtx` decodes them, and those that it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any, Final, Literal

from evtx import PyEvtxParser

_RECORD: Final = re.compile(r"record (?:number )?(\d+)")

_MOST_BROKEN: Final = 1 << 16
"""Broken records in a row, after which nobody waits for a whole one."""

_BROKEN: Final = (RuntimeError, OSError, ValueError)


def decoded(stream: IO[bytes], form: Literal["json", "xml"]) -> Iterator[dict[str, Any] | Exception]:
    """Yield each record with its text in `data`, or what is wrong with it; behind a broken one the package goes on."""
    try:
        parser = PyEvtxParser(stream)
        records = iter(parser.records_json() if form == "json" else parser.records())
    except _BROKEN as error:
        yield error
        return
    broken = 0
    while broken < _MOST_BROKEN:
        try:
            record = next(records, None)
        except _BROKEN as error:
            broken += 1
            yield error
            continue
        if record is None:
            return
        broken = 0
        yield record
    yield RuntimeError("nothing but broken records follows; the rest was not read")


def broken_record(error: Exception) -> int | None:
    """Return the number of the record that cannot be decoded; null where it is a chunk of unknown many."""
    found = _RECORD.search(str(error))
    return int(found[1]) if found else None
