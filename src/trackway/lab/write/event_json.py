"""JSON exports: one record a line, in the shapes in which exporters write them.

Sources: recordings by NXLog (im_msvistalog), by Get-WinEvent with ConvertTo-Json, and by Winlogbeat 7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from trackway.lab.witness.record import Item, Record
from trackway.lab.world.schedule import SECOND
from trackway.lab.write.texts import TEXT, guid_text, iso, local


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How an exporter writes times.

    Attributes:
        label: seconds that it is off from the UTC it claims.
        half_day: whether it writes hours of a 12-hour clock, without AM and PM.
        whole_seconds: whether it cuts fractions.
    """

    label: int = 0
    half_day: bool = False
    whole_seconds: bool = False

    def text(self, time: int) -> str:
        """Return a moment as the exporter writes it."""
        shown = iso(time + self.label * SECOND, 0 if self.whole_seconds else 3)
        hour = int(shown[11:13])
        return f"{shown[:11]}{(hour - 1) % 12 + 1:02d}{shown[13:]}" if self.half_day else shown


Form = Callable[[int, Record, str, Clock], Mapping[str, Any]]


def data(record: Record) -> dict[str, str]:
    """Return the fields of a record by name, as text; unnamed ones as param1, param2 and so on."""
    found = {}
    for place, ((name, kind), value) in enumerate(
        zip(record.event.fields, record.values, strict=True), start=1
    ):
        if value is not None:
            found[name or f"param{place}"] = TEXT[kind](value)
    return found


def winlogbeat(number: int, record: Record, computer: str, clock: Clock) -> Mapping[str, Any]:
    """Return a record as Winlogbeat 7 sends it."""
    event = record.event
    return {
        "@timestamp": clock.text(record.time),
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
            "user_data" if event.user_data else "event_data": data(record),
        },
    }


def nxlog(number: int, record: Record, computer: str, clock: Clock) -> Mapping[str, Any]:
    """Return a record as NXLog sends it: local time in whole seconds, arrival two seconds later as UTC."""
    event = record.event
    arrival = record.time + 2 * SECOND + number % 997 * 1000
    return {
        "EventTime": local(record.time + clock.label * SECOND),
        "Hostname": computer,
        "Keywords": event.keywords - (1 << 64 if event.keywords >> 63 else 0),
        "EventID": event.id,
        "SourceName": event.provider,
        "ProviderGuid": guid_text(event.guid).upper() if event.guid else None,
        "Version": event.version,
        "Task": event.task,
        "OpcodeValue": event.opcode,
        "RecordNumber": number,
        "ExecutionProcessID": record.pid,
        "ExecutionThreadID": record.thread,
        "Channel": event.channel,
        "UserID": record.user,
        "EventReceivedTime": local(arrival + clock.label * SECOND),
        "SourceModuleName": "eventlog",
        "SourceModuleType": "im_msvistalog",
        "@timestamp": iso(arrival),
        **data(record),
    }


def get_winevent(_: int, record: Record, computer: str, clock: Clock) -> Mapping[str, Any]:
    """Return a record as scripts around Get-WinEvent write it: flat, without number and header."""
    event, time = record.event, clock.text(record.time)
    header: dict[str, Any] = {
        "@timestamp": time,
        "TimeCreated": time,
        "SourceName": event.provider,
        "ProviderGuid": guid_text(event.guid) if event.guid else None,
        "Level": str(event.level),
        "Channel": event.channel,
        "Task": str(event.task),
        "Keywords": hex(event.keywords),
        "EventID": event.id,
        "Hostname": computer,
        "ExecutionProcessID": record.pid,
    }
    return header | ({} if event.user_data else data(record))  # Get-WinEvent names no UserData


FORMS: Final[Mapping[str, Form]] = {"winlogbeat": winlogbeat, "nxlog": nxlog, "get_winevent": get_winevent}


class JsonLines:
    """Writes one channel of one host as JSON lines.

    Attributes:
        oldest: number of the first record in the file.
    """

    def __init__(
        self, path: Path, computer: str, form: str = "winlogbeat", clock: Clock | None = None
    ) -> None:
        """Open `path`; its folder must exist."""
        self._file = path.open("wb")
        self._computer, self._form, self._clock = computer, FORMS[form], clock or Clock()
        self.oldest: int | None = None
        self._line = 0

    def write(self, number: int, item: Item) -> int | None:
        """Write one record and return its line."""
        if not isinstance(item, Record):
            raise ValueError(f"{item.kind} is no record of an event log")  # noqa: TRY004  as any other misfit
        content = self._form(number, item, self._computer, self._clock)
        self._file.write(orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE))
        self.oldest = self.oldest or number
        self._line += 1
        return self._line

    def clear(self) -> None:
        """Begin anew."""
        self._file.truncate(0)
        self._file.seek(0)
        self._line, self.oldest = 0, None

    def abandon(self) -> None:
        """Close the file as it is; what could not be written is lost."""
        with suppress(OSError):
            self._file.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
