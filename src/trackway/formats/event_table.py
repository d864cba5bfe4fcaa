"""Tables of events: CSV of Event Viewer, Get-WinEvent, EvtxECmd, Sentinel, Defender, Hayabusa and others.

What is a table of events says `evidence.tables`; which programs' tables are read, `docs/formats.md`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import IO, Any, Final

from trackway.evidence.tables import Head, fields, table_head
from trackway.formats import local_dates, records
from trackway.formats.json_text import Unparsable, integer, well_formed
from trackway.formats.pieces import blocks_of
from trackway.formats.reading import Language, Origin, Reading
from trackway.formats.rows import Ledger, RowStream, Shape

csv.field_size_limit(records.LONGEST)

_VIEWER: Final = ("LevelDisplayName", "TimeCreated", "ProviderName", "Id", "TaskDisplayName", "Message")
_NUMBERS: Final = ("eventid", "event_id", "winlog.event_id", "eventcode", "event.code", "id")
_PROVIDERS, _LOGS = ("providername", "provider", "sourcename"), ("logname", "channel")
_TIMES: Final = ("@timestamp", "timecreated", "date and time", "timegenerated", "timewritten")
_number: Final = lru_cache(4096)(integer)
"""The same few numbers of events stand in every table."""

_DATED: Final = 20_000
"""Records that are looked at to learn whether days or months stand first."""


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the rows of a table; see `formats.read`."""
    head = table_head(next(blocks_of(stream), b"").decode("utf-8", "replace"))
    if head is None:  # recognised by more of it than is there now
        ledger.note = "a table without the names of its columns; not read"
        return
    stream.seek(0)
    table = _Table(head, _dates(stream, head))
    stream.seek(0)
    ledger.note = table.doubt
    language = Language(
        name="CSV", parsed=table.parsed, exactly=table.parsed, origin=table.origin, parts=_parts
    )
    yield from Reading(language, shapes, ledger).rows(_behind(stream, head))


def _behind(stream: IO[bytes], head: Head) -> Iterator[tuple[int, bytes, str | None]]:
    """Yield the records below the names of the columns."""
    return (piece for piece in records.records(blocks_of(stream)) if piece[0] > head.line)


def _dates(stream: IO[bytes], head: Head) -> list[str]:
    """Return the dates of the first records, where dates are printed for people."""
    names = [name.lower() for name in head.names]
    place = (
        1 if head.form == "viewer" else next((names.index(name) for name in _TIMES if name in names), None)
    )
    if place is None:
        return []
    found = (_fields(raw, head.delimiter) for _, raw, _ in islice(_behind(stream, head), _DATED))
    return [row[place] for row in found if row is not None and len(row) > place]


def _fields(raw: bytes, delimiter: str) -> list[str] | None:
    return fields(raw.decode("utf-8", "replace").rstrip("\r\n"), delimiter)


def _parts(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the records that one with a quotation mark too few has swallowed."""
    first, _, rest = raw.partition(b"\n")
    for line, part, _ in records.records([rest]) if first and rest else ():
        yield line, part


class _Table:
    """How one table's records become JSON-like records."""

    def __init__(self, head: Head, dates: Sequence[str]) -> None:
        self._delimiter = head.delimiter
        self._names = _VIEWER if head.form == "viewer" else head.names
        lower = [name.lower() for name in self._names]
        self._number = next((lower.index(name) for name in _NUMBERS if name in lower), None)
        self._origins = [
            next((lower.index(name) for name in names if name in lower), None)
            for names in (_PROVIDERS, _LOGS)
        ]
        self._times = [
            place for place, name in enumerate(lower) if name in _TIMES and place not in head.in_utc
        ]
        self._in_utc = sorted(head.in_utc)
        self._is_defender = head.form == "defender"
        told = local_dates.day_first(dates)
        self._day_first = local_dates.customary(dates[0]) if told is None and dates else bool(told)
        self.doubt = _doubt(dates, self._day_first) if told is None else None

    def origin(self, raw: bytes) -> Origin | None:
        """Return number, provider and log of a whole record, where the table has columns for all of them."""
        if self._is_defender or self._number is None:
            return None
        row = _fields(raw, self._delimiter)
        number = _number(row[self._number]) if row and len(row) == len(self._names) else None
        if row is None or number is None:
            return None
        names = [row[place] for place in self._origins if place is not None and row[place]]
        return (number, names[0], names[1]) if len(names) == len(self._origins) else (number, None, None)

    def parsed(self, raw: bytes) -> tuple[Any, bool]:
        """Return a record by the names of its columns, what is empty left out, and whether bytes were replaced.

        Raises:
            Unparsable: it has more or fewer fields than there are names.
        """
        row = _fields(raw, self._delimiter)
        while row and len(row) > len(self._names) and not row[-1]:  # Excel fills lines up
            row.pop()
        if row is None or len(row) != len(self._names):
            count = "no" if row is None else f"{len(row):,}"
            raise Unparsable(f"not a record of this table: {count} fields for {len(self._names)} columns")
        for place in self._times:
            row[place] = local_dates.iso(row[place], is_day_first=self._day_first)
        for place in self._in_utc:
            row[place] = local_dates.iso(row[place], is_day_first=self._day_first) + "Z" * bool(row[place])
        replaced = any("\ufffd" in field for field in row) and not _is_utf8(raw)
        pairs = zip(self._names, row, strict=True)
        return {name: well_formed(field.replace("\0", "")) for name, field in pairs if field}, replaced


def _doubt(dates: Sequence[str], is_day_first: bool) -> str | None:
    """Return what to say of dates that are right either way."""
    if not any(re.match(r"\d{1,2}/\d{1,2}/\d{4}", date) for date in dates):
        return None
    order = "day/month/year" if is_day_first else "month/day/year"
    return f"dates such as {dates[0][:40]!r} are read as {order}; no date in the file tells"


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
