"""XML as `wevtutil qe /f:xml` writes it, and CSV as EvtxECmd does: one record a line."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import orjson

from trackway.lab.witness.record import Item, Record
from trackway.lab.write.event_json import data
from trackway.lab.write.evtx.layouts import USER_NAMESPACE
from trackway.lab.write.texts import guid_text, iso

XMLNS: Final = "http://schemas.microsoft.com/win/2004/08/events/event"
COLUMNS: Final = (
    "RecordNumber", "EventRecordId", "TimeCreated", "EventId", "Level", "Provider", "Channel", "ProcessId",
    "ThreadId", "Computer", "UserId", "MapDescription", "Keywords", "Payload",
)  # fmt: skip


def xml(number: int, record: Record, computer: str) -> str:
    """Return a record as XML on one line."""
    event = record.event
    guid = f" Guid='{guid_text(event.guid)}'" if event.guid else ""
    qualifiers = "" if event.qualifiers is None else f" Qualifiers='{event.qualifiers}'"
    user = f" UserID='{record.user}'" if record.user else ""
    return (
        f"<Event xmlns='{XMLNS}'><System><Provider Name={quoteattr(event.provider)}{guid}/>"
        f"<EventID{qualifiers}>{event.id}</EventID><Version>{event.version}</Version><Level>{event.level}</Level>"
        f"<Task>{event.task}</Task><Opcode>{event.opcode}</Opcode><Keywords>{event.keywords:#x}</Keywords>"
        f"<TimeCreated SystemTime='{iso(record.time, 6)[:-1]}0Z'/><EventRecordID>{number}</EventRecordID>"
        f"<Correlation/><Execution ProcessID='{record.pid}' ThreadID='{record.thread}'/>"
        f"<Channel>{escape(event.channel)}</Channel><Computer>{escape(computer)}</Computer><Security{user}/></System>"
        f"{_body(record)}</Event>"
    )


def _body(record: Record) -> str:
    if name := record.event.user_data:
        inner = "".join(f"<{key}>{_content(value)}</{key}>" for key, value in data(record).items())
        return f"<UserData><{name} xmlns='{USER_NAMESPACE}'>{inner}</{name}></UserData>"
    fields = "".join(
        f"<Data Name={quoteattr(key)}>{_content(value)}</Data>" for key, value in data(record).items()
    )
    return f"<EventData>{fields}</EventData>"


def _content(value: str) -> str:
    return escape(value).replace("\r", "&#13;").replace("\n", "&#10;")


def row(number: int, record: Record, computer: str) -> str:
    """Return a record as a row of EvtxECmd's CSV."""
    event, out = record.event, io.StringIO()
    payload: dict[str, object] = (
        {"UserData": {event.user_data: {"@xmlns": USER_NAMESPACE, **data(record)}}}
        if event.user_data
        else {
            "EventData": {"Data": [{"@Name": name, "#text": value} for name, value in data(record).items()]}
        }
    )
    csv.writer(out, lineterminator="").writerow((
        number, number, iso(record.time, 6)[:-1].replace("T", " ") + "0", event.id, event.level, event.provider,
        event.channel, record.pid, record.thread, computer, record.user or "", "", hex(event.keywords),
        orjson.dumps(payload).decode(),
    ))  # fmt: skip
    return out.getvalue()


_ROW: Final = {"xml": xml, "csv": row}
_HEADS: Final = {"xml": "<Events>\n", "csv": "\ufeff" + ",".join(COLUMNS) + "\n"}
_TAILS: Final = {"xml": "</Events>\n", "csv": ""}


class EventText:
    """Writes one channel of one host as XML or CSV.

    Attributes:
        oldest: number of the first record in the file.
    """

    def __init__(self, path: Path, computer: str, form: str) -> None:
        """Open `path`; its folder must exist."""
        self._file = path.open("wb")
        self._computer, self._form = computer, form
        self.oldest: int | None = None
        self._begin()

    def _begin(self) -> None:
        self._file.write(_HEADS[self._form].encode())
        self._line, self.oldest = 1, None

    def write(self, number: int, item: Item) -> int | None:
        """Write one record and return its line."""
        if not isinstance(item, Record):
            raise ValueError(f"{item.kind} is no record of an event log")  # noqa: TRY004  as any other misfit
        self._file.write(f"{_ROW[self._form](number, item, self._computer)}\n".encode())
        self.oldest = self.oldest or number
        self._line += 1
        return self._line

    def clear(self) -> None:
        """Begin anew."""
        self._file.truncate(0)
        self._file.seek(0)
        self._begin()

    def abandon(self) -> None:
        """Close the file as it is; what could not be written is lost."""
        with suppress(OSError):
            self._file.close()

    def close(self) -> None:
        """End the document and close the file."""
        self._file.write(_TAILS[self._form].encode())
        self._file.close()
