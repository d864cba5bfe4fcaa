"""From events to Arrow: the same columns from every form and every format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa

from trackway.formats.event_fields import Node, lowered, plain
from trackway.formats.event_forms import GET_WINEVENT, Event, first, with_names
from trackway.formats.json_text import integer, value_text
from trackway.formats.rows import Rows, Shape

BATCH_ROWS: Final = 16_384
BATCH_BYTES: Final = 64 << 20
"""Bytes of records behind the rows that wait; an Arrow text column ends at 2 GiB."""

_ZONED: Final = re.compile(r"\d(?:Z|[+-]\d\d:?\d\d)$")

NAMELESS: Final = "values without names: export the events with the names of their fields, or as EVTX"


class Rejected(ValueError):  # noqa: N818  the state of a record, not an error of ours
    """An event that is wanted but cannot be read, and why."""


class Wanted:
    """One shape, and the rows of it that wait for their batch."""

    def __init__(self, shape: Shape) -> None:
        """Wait for rows of `shape`."""
        self.shape = shape
        self._schema = shape.schema()
        self._fields = [(name, name.lower()) for name in shape.fields]
        self._own_pid = any(lower == "processid" for _, lower in self._fields)
        self._providers = {provider.lower() for provider in shape.providers}
        self._channels = {channel.lower() for channel in shape.channels}
        self._rows: list[tuple[object, ...]] = []

    def fits(self, event: Event) -> bool:
        """True where the provider or the log is one of the shape's."""
        return self.names(event.provider, event.channel)

    def names(self, provider: str | None, channel: str | None) -> bool:
        """True where one of the two is a name that the shape asks for."""
        return (provider is not None and provider.lower() in self._providers) or (
            channel is not None and channel.lower() in self._channels
        )

    def add(self, event: Event, line: int | None) -> int:
        """Keep the row of an event and return how many wait.

        Raises:
            Rejected: its values have no names.
            Inexact: a number in it has to be read by the exact parser.
        """
        if event.nameless:
            event = with_names(event)
        header = event.header
        lower = header if event.flat else lowered(event.fields)
        values = [_value(event.fields, lower, *names) for names in self._fields]
        self._fill(values, header)
        if event.nameless and not self._named(values):
            raise Rejected(NAMELESS)
        time_text, ingested = _times(header)
        row = (
            line,
            integer(first(header, "record")),
            _text(first(header, "computer")),
            _text(event.provider),
            _text(event.channel),
            event.event_id,
            integer(first(header, "event_version")),
            time_text,
            ingested,
            self._pid(event),
            _user(event),
            _text(first(header, "activity_id")),
            *values,
        )
        self._rows.append(row)
        return len(self._rows)

    def batch(self) -> Rows:
        """Return the rows that wait, and wait for new ones."""
        columns: Sequence[Sequence[object]] = list(zip(*self._rows, strict=True)) or [()] * len(self._schema)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, self._schema, strict=True)]
        self._rows = []
        return Rows(self.shape, pa.RecordBatch.from_arrays(arrays, schema=self._schema))

    @property
    def waiting(self) -> bool:
        """True where a batch would have rows."""
        return bool(self._rows)

    def _named(self, values: Sequence[str | None]) -> bool:
        """True where some value is the event's own, and not one of the header's."""
        pairs = zip(self._fields, values, strict=True)
        return any(value is not None and lower not in GET_WINEVENT for (_, lower), value in pairs)

    def _fill(self, values: list[str | None], header: Node) -> None:
        """Take `Message` from the header where no field is called so."""
        for place, (_, lower) in enumerate(self._fields):
            if lower == "message" and values[place] is None:
                values[place] = _text(header.get("message"))

    def _pid(self, event: Event) -> int | None:
        """Return the process that wrote the record; never a field of its EventData."""
        stated = first(event.header, "header_pid")
        if stated is None and not (event.flat and self._own_pid):
            stated = first(event.header, "weak_pid")
        elif stated is None:
            stated = _other_spelling(event.fields, self.shape.fields)
        return integer(plain(stated))


def _value(fields: Node, lower: Node, name: str, lower_name: str) -> str | None:
    """Return a field, by its own spelling first, then by any."""
    value = fields.get(name)
    return value_text(plain(lower.get(lower_name)) if value is None else plain(value))


def _other_spelling(record: Node, fields: Sequence[str]) -> object:
    """Return `ProcessID` where `ProcessId` is the event's own: old NXLog calls the header so."""
    spellings = [name for name in record if name.lower() == "processid"]
    others = [name for name in spellings if name not in fields]
    return record[others[-1]] if others and len(spellings) > 1 else None


def _times(header: Node) -> tuple[str | None, str | None]:
    """Return the record's own time as written, and a collector's where that is another."""
    collected = _text(plain(header.get("@timestamp"))) or _arrival(header.get("eventreceivedtime"))
    own = _text(plain(first(header, "time_text")))
    if own is None:
        return collected, None
    return own, collected if collected != own else None


def _arrival(time: Any) -> str | None:
    """Return when NXLog received an event, where the text has a zone; without one it is no better than the event's."""
    return time if isinstance(time, str) and _ZONED.search(time) else None


def _user(event: Event) -> str | None:
    """Return the SID of the account that wrote the record, else its name."""
    header = event.header
    user = header.get("user")
    account = lowered(user) if isinstance(user, dict) else {}
    sid = plain(first(header, "user_id")) or account.get("identifier")
    if isinstance(sid, str) and sid:
        return _text(sid)
    name = account.get("name") or header.get("accountname")
    domain = account.get("domain") or header.get("domain")
    return _text(f"{domain}\\{name}" if domain and name else name)


def _text(value: Any) -> str | None:
    return value_text(value) or None
