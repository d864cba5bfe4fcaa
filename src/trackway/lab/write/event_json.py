"""JSON exports: one record a line, in the shapes in which exporters write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import orjson

from trackway.lab.witness.record import Event, Record
from trackway.lab.write.texts import TEXT, guid_text, iso

Form = Callable[[int, Record, str], dict[str, Any]]


def data(record: Record) -> dict[str, str]:
    """Return the fields of a record by name, as text; unnamed ones as param1, param2 and so on."""
    found = {}
    for place, ((name, kind), value) in enumerate(
        zip(record.event.fields, record.values, strict=True), start=1
    ):
        if value is not None:
            found[name or f"param{place}"] = TEXT[kind](value)
    return found


def winlogbeat(number: int, record: Record, computer: str) -> dict[str, Any]:
    """Return a record as Winlogbeat 7 sends it."""
    event: Event = record.event
    return {
        "@timestamp": iso(record.time),
        "event": {"code": str(event.id), "provider": event.provider, "kind": "event"},
        "winlog": {
            "api": "wineventlog",
            "channel": event.channel,
            "computer_name": computer,
            "event_id": str(event.id),
            "provider_name": event.provider,
            "provider_guid": guid_text(event.guid) if event.guid else None,
            "record_id": number,
            "version": event.version,
            "process": {"pid": record.pid, "thread": {"id": record.thread}},
            "user": {"identifier": record.user} if record.user else None,
            "event_data": data(record),
        },
    }


FORMS: Final[dict[str, Form]] = {"winlogbeat": winlogbeat}


class JsonLines:
    """Writes one channel of one host as JSON lines."""

    def __init__(self, path: Path, computer: str, form: str = "winlogbeat") -> None:
        """Open `path`; its folder must exist."""
        self._file = path.open("wb")
        self._computer, self._form = computer, FORMS[form]

    def write(self, number: int, record: Record) -> None:
        """Write one record."""
        self._file.write(
            orjson.dumps(self._form(number, record, self._computer), option=orjson.OPT_APPEND_NEWLINE)
        )

    def close(self) -> None:
        """Close the file."""
        self._file.close()
