"""Records of every form in which programs write events, made from one description."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from trackway.evidence.containers import Member
from trackway.formats import read
from trackway.formats.rows import Ledger, Shape

DNS: Final = Shape(
    source="dns",
    providers=("Microsoft-Windows-DNS-Client",),
    channels=("Microsoft-Windows-DNS-Client/Operational",),
    events=frozenset({3006, 3008}),
    fields=("QueryName", "QueryType", "QueryResults"),
)
SYSMON: Final = Shape(
    source="sysmon",
    providers=("Microsoft-Windows-Sysmon",),
    channels=("Microsoft-Windows-Sysmon/Operational",),
    events=frozenset({3, 22}),
    fields=("ProcessId", "Image", "User"),
)
POWERSHELL: Final = Shape(
    source="powershell",
    providers=("PowerShell",),
    channels=("Windows PowerShell",),
    events=frozenset({400}),
    fields=("Data", "Message"),
)
SHAPES: Final = (DNS, SYSMON, POWERSHELL)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One event as Windows has it."""

    event_id: int = 3008
    provider: str = "Microsoft-Windows-DNS-Client"
    channel: str = "Microsoft-Windows-DNS-Client/Operational"
    computer: str = "WS7.example.org"
    record: int = 42
    version: int = 1
    time: str = "2021-03-04T05:06:07.891Z"
    pid: int = 4711
    sid: str = "S-1-5-18"
    activity: str = "{11111111-2222-3333-4444-555555555555}"
    fields: dict[str, str] = field(default_factory=lambda: {"QueryName": "perdu.com", "QueryType": "1"})


def nxlog(event: Written) -> Json:
    return {
        "EventTime": event.time,
        "Hostname": event.computer,
        "EventID": event.event_id,
        "SourceName": event.provider,
        "Channel": event.channel,
        "RecordNumber": event.record,
        "Version": event.version,
        "ExecutionProcessID": event.pid,
        "UserID": event.sid,
        "ActivityID": event.activity,
        "EventReceivedTime": "2021-03-04 05:06:09",
        **event.fields,
    }


def get_winevent(event: Written) -> Json:
    return {
        "@timestamp": event.time,
        "TimeCreated": event.time,
        "MachineName": event.computer,
        "Id": event.event_id,
        "ProviderName": event.provider,
        "LogName": event.channel,
        "RecordId": event.record,
        "Version": event.version,
        "ProcessId": event.pid,
        "UserId": {"BinaryLength": 12, "AccountDomainSid": None, "Value": event.sid},
        "ActivityId": event.activity,
        **event.fields,
    }


def winlogbeat_6(event: Written) -> Json:
    return {
        "@timestamp": event.time,
        "beat": {"name": "collector"},
        "host": {"name": "collector"},
        "computer_name": event.computer,
        "event_id": event.event_id,
        "source_name": event.provider,
        "log_name": event.channel,
        "record_number": str(event.record),
        "version": event.version,
        "process_id": event.pid,
        "user": {"identifier": event.sid, "name": "SYSTEM", "domain": "NT AUTHORITY"},
        "activity_id": event.activity,
        "event_data": event.fields,
    }


def winlogbeat_7(event: Written) -> Json:
    return {
        "@timestamp": event.time,
        "event": {"code": event.event_id, "provider": event.provider, "created": "2021-03-04T05:06:09.000Z"},
        "host": {"name": "collector"},
        "winlog": {
            "computer_name": event.computer,
            "event_id": event.event_id,
            "provider_name": event.provider,
            "channel": event.channel,
            "record_id": event.record,
            "version": event.version,
            "process": {"pid": event.pid, "thread": {"id": 1}},
            "user": {"identifier": event.sid, "name": "SYSTEM", "domain": "NT AUTHORITY"},
            "activity_id": event.activity,
            "event_data": event.fields,
        },
    }


def elastic(event: Written) -> Json:
    return {"_index": "winlogbeat-7", "_id": "x", "_source": winlogbeat_7(event)}


def dotted(event: Written) -> Json:
    def leaves(node: Json, path: str = "") -> Json:
        found: Json = {}
        for name, value in node.items():
            found |= leaves(value, f"{path}{name}.") if isinstance(value, dict) else {path + name: value}
        return found

    return leaves(winlogbeat_7(event))


def evtx_dump(event: Written) -> Json:
    return {
        "Event": {
            "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
            "System": {
                "Provider": {"#attributes": {"Name": event.provider, "Guid": "1C95126E"}},
                "EventID": {"#attributes": {"Qualifiers": 16384}, "#text": event.event_id},
                "Version": event.version,
                "TimeCreated": {"#attributes": {"SystemTime": event.time}},
                "EventRecordID": event.record,
                "Correlation": {"#attributes": {"ActivityID": event.activity}},
                "Execution": {"#attributes": {"ProcessID": event.pid, "ThreadID": 8}},
                "Channel": event.channel,
                "Computer": event.computer,
                "Security": {"#attributes": {"UserID": event.sid}},
            },
            "EventData": event.fields,
        }
    }


def evtx_dump_separate(event: Written) -> Json:
    return {
        "Event": {
            "System": {
                "Provider_attributes": {"Name": event.provider},
                "Provider": None,
                "EventID_attributes": {"Qualifiers": 0},
                "EventID": event.event_id,
                "Version": event.version,
                "TimeCreated_attributes": {"SystemTime": event.time},
                "TimeCreated": None,
                "EventRecordID": event.record,
                "Correlation_attributes": {"ActivityID": event.activity},
                "Execution_attributes": {"ProcessID": event.pid},
                "Channel": event.channel,
                "Computer": event.computer,
                "Security_attributes": {"UserID": event.sid},
            },
            "EventData": {
                "Data": [
                    {"#attributes": {"Name": name}, "#text": value} for name, value in event.fields.items()
                ]
            },
        }
    }


def at_prefixed(event: Written) -> Json:
    return {
        "Event": {
            "System": {
                "Provider": {"@Name": event.provider},
                "EventID": {"@Qualifiers": "0", "#text": str(event.event_id)},
                "Version": str(event.version),
                "TimeCreated": {"@SystemTime": event.time},
                "EventRecordID": str(event.record),
                "Correlation": {"@ActivityID": event.activity},
                "Execution": {"@ProcessID": str(event.pid)},
                "Channel": event.channel,
                "Computer": event.computer,
                "Security": {"@UserID": event.sid},
            },
            "UserData": {"EventXML": {"@xmlns": "x", **event.fields}},
        }
    }


def velociraptor(event: Written) -> Json:
    return {
        "System": {
            "Provider": {"Name": event.provider, "Guid": "x"},
            "EventID": {"Value": event.event_id},
            "Version": event.version,
            "TimeCreated": {"SystemTime": event.time},
            "EventRecordID": event.record,
            "Correlation": {"ActivityID": event.activity},
            "Execution": {"ProcessID": event.pid, "ThreadID": 1},
            "Channel": event.channel,
            "Computer": event.computer,
            "Security": {"UserID": event.sid},
        },
        "EventData": event.fields,
    }


def evtxecmd(event: Written) -> Json:
    data = [{"@Name": name, "#text": value} for name, value in event.fields.items()]
    return {
        "TimeCreated": event.time,
        "Computer": event.computer,
        "EventId": event.event_id,
        "Provider": event.provider,
        "Channel": event.channel,
        "EventRecordId": str(event.record),
        "Version": event.version,
        "ProcessId": event.pid,
        "UserId": event.sid,
        "ActivityId": event.activity,
        "Payload": json.dumps({"EventData": {"Data": data}}, separators=(",", ":")),
    }


FORMS: Final[Sequence[Callable[[Written], Json]]] = (
    nxlog,
    get_winevent,
    winlogbeat_6,
    winlogbeat_7,
    elastic,
    dotted,
    evtx_dump,
    evtx_dump_separate,
    at_prefixed,
    velociraptor,
    evtxecmd,
)


def expected(event: Written, shape: Shape = DNS, line: int = 1) -> Json:
    return {
        "line": line,
        "record": event.record,
        "computer": event.computer,
        "provider": event.provider,
        "channel": event.channel,
        "event_id": event.event_id,
        "event_version": event.version,
        "time_text": event.time,
        "ingested_text": None,
        "header_pid": event.pid,
        "header_user": event.sid,
        "activity_id": event.activity,
        **{name: event.fields.get(name) for name in shape.fields},
    }


@dataclass(frozen=True, slots=True)
class Read:
    """Everything that reading a text gave, by source, and its ledger."""

    rows: dict[str, list[Json]]
    ledger: Ledger

    @property
    def only(self) -> list[Json]:
        """Rows of all sources, one after the other."""
        return [row for rows in self.rows.values() for row in rows]

    @property
    def skips(self) -> list[tuple[int | None, str]]:
        return [(skip.line, skip.reason) for skip in self.ledger.skips]


def read_all(
    content: bytes | io.BufferedIOBase, kind: str = "json", shapes: Sequence[Shape] = SHAPES
) -> Read:
    """Read a text, and require that no record of it is lost without a word."""
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    member = Member(name="x", kind=kind, size=0, sha256="", stream=stream)  # type: ignore[arg-type]
    ledger = Ledger()
    rows: dict[str, list[Json]] = {}
    for found in read(member, shapes, ledger):
        assert found.batch.schema.equals(found.shape.schema())
        rows.setdefault(found.shape.source, []).extend(found.batch.to_pylist())
    handed_out = sum(map(len, rows.values()))
    assert ledger.seen == handed_out + ledger.ignored + len(ledger.skips)
    return Read({source: found for source, found in rows.items() if found}, ledger)


def lines(*records: Json) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()
