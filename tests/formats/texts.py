"""Whole exports of the forms that are no JSON lines, made from the description in `exports`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from .exports import Written

SCHEMA: Final = "http://schemas.microsoft.com/win/2004/08/events/event"


def element(event: Written, data: str | None = None) -> str:
    values = "".join(
        f"<Data Name={quoteattr(name)}>{escape(text)}</Data>" for name, text in event.fields.items()
    )
    return (
        f"<Event xmlns='{SCHEMA}'><System><Provider Name={quoteattr(event.provider)} Guid='{{x}}'/>"
        f"<EventID Qualifiers=''>{event.event_id}</EventID><Version>{event.version}</Version><Level>4</Level>"
        f"<TimeCreated SystemTime='{event.time}'/><EventRecordID>{event.record}</EventRecordID>"
        f"<Correlation ActivityID='{event.activity}'/><Execution ProcessID='{event.pid}' ThreadID='8'/>"
        f"<Channel>{escape(event.channel)}</Channel><Computer>{escape(event.computer)}</Computer>"
        f"<Security UserID='{event.sid}'/></System>{data or f'<EventData>{values}</EventData>'}</Event>"
    )


def wevtutil(events: Sequence[Written]) -> str:
    return "\r\n".join(map(element, events)) + "\r\n"


def viewer_xml(events: Sequence[Written]) -> str:
    rendered = "<RenderingInfo Culture='de-DE'><Message>DNS</Message></RenderingInfo></Event>"
    inner = "".join(element(event).replace("</Event>", rendered) for event in events)
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n<Events>{inner}</Events>'


def evtx_dump_xml(events: Sequence[Written]) -> str:
    head = '<?xml version="1.0" encoding="utf-8"?>'
    return "".join(
        f"Record {number}\n{head}\n{indented(element(event))}\n" for number, event in enumerate(events, 1)
    )


def evtxecmd_xml(events: Sequence[Written]) -> str:
    return "\n".join(element(event).replace(f" xmlns='{SCHEMA}'", "") for event in events)


def indented(text: str) -> str:
    return text.replace("><", ">\n  <")


LABELS: Final = (
    "Log Name", "Source", "Date", "Event ID", "Task", "Level", "Opcode", "Keyword", "User", "User Name", "Computer",
    "Description",
)  # fmt: skip
"""What an English wevtutil prints in front of the values."""

XML_FORMS: Final[Sequence[Callable[[Sequence[Written]], str]]] = (
    wevtutil,
    viewer_xml,
    evtx_dump_xml,
    evtxecmd_xml,
)


def table(
    names: Sequence[str], rows: Sequence[Sequence[object]], delimiter: str = ",", *, quoted: bool = False
) -> str:
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=delimiter,
        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
        lineterminator="\r\n",
    )
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue()


def evtxecmd_csv(events: Sequence[Written]) -> str:
    names = "RecordNumber EventRecordId TimeCreated EventId Level Provider Channel ProcessId ThreadId Computer".split()
    names += (
        "ChunkNumber UserId MapDescription UserName RemoteHost PayloadData1 ExecutableInfo Payload".split()
    )
    return table(
        names,
        [
            [
                *(number, e.record, e.time, e.event_id, "Info", e.provider, e.channel, e.pid, 8, e.computer),
                *(0, e.sid, "", "", "", "x", ""),
                json.dumps({"EventData": {"Data": _data(e)}}, separators=(",", ":")),
            ]
            for number, e in enumerate(events, 1)
        ],
    )


def _data(event: Written) -> list[dict[str, str]]:
    return [{"@Name": name, "#text": text} for name, text in event.fields.items()]


def hayabusa_csv(events: Sequence[Written]) -> str:
    return table(
        "Timestamp RuleTitle Level Computer Channel EventID RecordID AllFieldInfo RuleFile EvtxFile".split(),
        [
            [
                *(e.time, "A rule", "info", e.computer, _short(e.channel), e.event_id, e.record),
                *(" ¦ ".join(f"{name}: {text}" for name, text in e.fields.items()), "r.yml", "x.evtx"),
            ]
            for e in events
        ],
        quoted=True,
    )


def _short(channel: str) -> str:
    return {"Security": "Sec", "Microsoft-Windows-Sysmon/Operational": "Sysmon"}.get(channel, channel)


def winevent_csv(events: Sequence[Written], messages: Sequence[str]) -> str:
    names = "Message Id Version Qualifiers Level Task Opcode Keywords RecordId ProviderName ProviderId LogName".split()
    names += "ProcessId ThreadId MachineName UserId TimeCreated ActivityId ContainerLog Properties".split()
    rows = [
        [
            *(message, e.event_id, e.version, "", 4, 0, 0, -9223372036854775808, e.record, e.provider, "x"),
            *(e.channel, e.pid, 8, e.computer, e.sid, e.time, e.activity, "c:\\x.evtx", "List`1[x]"),
        ]
        for e, message in zip(events, messages, strict=True)
    ]
    return "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n" + table(names, rows, quoted=True)


def clixml(events: Sequence[Written], messages: Sequence[str]) -> str:
    found = "".join(_object(number, *pair) for number, pair in enumerate(zip(events, messages, strict=True)))
    return (
        f'<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">\r\n{found}</Objs>'
    )


def _object(number: int, e: Written, message: str) -> str:
    def text(name: str, content: object, kind: str = "S") -> str:
        shown = (
            escape(str(content)).replace("\r", "_x000D_").replace("\n", "_x000A_").replace("\t", "_x0009_")
        )
        return f'      <{kind} N="{name}">{shown}</{kind}>\r\n'

    value = f'<Props><S N="Value">{e.sid}</S></Props>'
    sid = f'      <Obj N="UserId" RefId="9{number}"><ToString>{e.sid}</ToString>{value}</Obj>'
    kind = "System.Diagnostics.Eventing.Reader.EventLogRecord"
    return (
        f'  <Obj RefId="{number}">\r\n    <TN RefId="0"><T>{kind}</T></TN>\r\n'
        "    <Props>\r\n"
        + text("Id", e.event_id, "I32") + text("Version", e.version, "By") + text("RecordId", e.record, "I64")
        + text("ProviderName", e.provider) + text("LogName", e.channel) + text("ProcessId", e.pid, "I32")
        + text("MachineName", e.computer) + text("TimeCreated", e.time, "DT") + text("ActivityId", e.activity, "G")
        + sid + '\r\n      <Nil N="RelatedActivityId" />\r\n'
        '      <Obj N="Properties" RefId="8"><LST><S>EventProperty</S></LST></Obj>\r\n'
        "    </Props>\r\n    <MS>\r\n" + text("Message", message) + "    </MS>\r\n  </Obj>\r\n"
    )  # fmt: skip


def viewer_csv(
    events: Sequence[Written],
    messages: Sequence[str],
    names: str = "Level,Date and Time,Source,Event ID,Task Category",
) -> str:
    pairs = zip(events, messages, strict=True)
    rows = table(
        ["x"], [["Information", e.time, e.provider, e.event_id, "None", message] for e, message in pairs]
    )
    return "\ufeff" + names + rows.removeprefix("x")


def dns_message(event: Written) -> str:
    fields = event.fields
    return (
        f"DNS query is completed for the name {fields['QueryName']}, type {fields.get('QueryType', 1)}, query options "
        f"1073766400 with status 0 Results {fields.get('QueryResults', '')}"
    )


def wevtutil_text(events: Sequence[Written], messages: Sequence[str], labels: Sequence[str] = LABELS) -> str:
    return "".join(
        f"Event[{number}]:\n"
        + "".join(f"  {label}: {value}\n" for label, value in zip(labels, _header(event), strict=True))
        + f"{message}\n\n"
        for number, (event, message) in enumerate(zip(events, messages, strict=True))
    )


def _header(event: Written) -> Sequence[object]:
    origin = (event.channel, event.provider, event.time, event.event_id)
    return (
        *origin,
        "N/A",
        "Information",
        "Info",
        "N/A",
        event.sid,
        "NT AUTHORITY\\SYSTEM",
        event.computer,
        "",
    )


def splunk_text(events: Sequence[Written], messages: Sequence[str]) -> str:
    return "".join(
        f"{event.time}\nLogName={event.channel}\nSourceName={event.provider}\nEventCode={event.event_id}\n"
        f"EventType=4\nComputerName={event.computer}\nSid={event.sid}\nRecordNumber={event.record}\n"
        f"Message={message}\n\n"
        for event, message in zip(events, messages, strict=True)
    )
