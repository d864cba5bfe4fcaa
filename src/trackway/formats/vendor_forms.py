r"""Events as other vendors' products export them, brought to the forms of `event_forms`.

Splunk wraps an event in `result` and keeps it raw; Microsoft Sentinel has a table for each kind of event and
Microsoft Defender no events at all, but actions; Hayabusa abbreviates names of logs and joins fields by `¦`;
Get-EventLog calls a provider `Source`; Wazuh writes quotation marks and backslashes of a value as a string of C
does; Graylog joins names by `_`. Times of Sentinel and Defender are UTC by definition and get that zone.
Sources: Splunk's documentation (export of search results, inputs.conf `renderXml`), Microsoft's references of
the tables SecurityEvent, Event, WindowsEvent, DeviceNetworkEvents, DeviceEvents and DeviceProcessEvents, the
device timeline's export, hayabusa-rules' channel_abbreviations.txt, alerts of Wazuh's eventchannel decoder,
messages of Graylog's Winlogbeat input, Plaso's winevtx events; read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import orjson

from trackway.formats import ecs
from trackway.formats.json_text import Unparsable
from trackway.formats.markup import element, event_value, local_name, value

Node = dict[str, Any]

DEFENDER: Final = "Defender/"
"""In front of an action of Microsoft Defender for Endpoint, where an event has its log."""

_SECURITY: Final = "Microsoft-Windows-Security-Auditing"
_LOGS: Final = {
    "sec": "Security",
    "sys": "System",
    "app": "Application",
    "sysmon": "Microsoft-Windows-Sysmon/Operational",
    "pwsh": "Microsoft-Windows-PowerShell/Operational",
    "pwshclassic": "Windows PowerShell",
    "bitscli": "Microsoft-Windows-Bits-Client/Operational",
    "firewall": "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",
    "winrm": "Microsoft-Windows-WinRM/Operational",
    "rdp-cli": "Microsoft-Windows-TerminalServices-RDPClient/Operational",
    "smbclisec": "Microsoft-Windows-SmbClient/Security",
}
"""Hayabusa's short names of logs that some source asks for."""

_RAW_TEXT: Final = re.compile(
    r"(?P<time>[^\r\n]{8,40})\r?\n(?P<fields>LogName=.*?)\r?\nMessage=(?P<message>.*)", re.DOTALL
)
_RAW_FIELD: Final = re.compile(r"^(\w+)=(.*?)\r?$", re.MULTILINE)
_GRAYLOG: Final = re.compile(r"(?:winlogbeat|filebeat)_(?:winlog_)?(event_data_)?")
_ZONED: Final = re.compile(r"[+-]\d\d:?\d\d$")


def adapted(header: Node) -> Node | None:
    """Return what a vendor's record means as a record of a form that `event_forms` knows, or null.

    Args:
        header: the record, its keys in lower case.
    """
    if isinstance(result := header.get("result"), dict):
        header = {key.lower(): content for key, content in result.items()}
    found = next((adapt(header) for knows, adapt in _VENDORS if knows(header)), None)
    return found if found is not None or result is None else header


def in_utc(time: object) -> object:
    """Return the text of a time that is UTC by definition with that zone, unless it has one."""
    if not isinstance(time, str) or not time:
        return time
    time = re.sub(r"\s+(?=[+-]\d\d:?\d\d$)", "", time.strip())
    return time if _ZONED.search(time) else time.removesuffix("Z") + "+00:00"


def is_defender(header: Node) -> bool:
    """True for a record of Advanced Hunting, here or in Sentinel, or of a device timeline."""
    if "actiontype" in header and "devicename" in header:
        return "timestamp" in header or "timegenerated" in header
    return "action type" in header and "event time" in header


def _defender(header: Node) -> Node:
    """An action stands for log and number; the names of its columns lose their blanks."""
    fields = {name.replace(" ", "").replace("_", ""): content for name, content in header.items()}
    action = "Technique" if fields.get("datatype") == "Techniques" else fields.get("actiontype")
    return {
        "EventID": 0,
        "Channel": f"{DEFENDER}{action or ''}",
        "Computer": fields.get("devicename") or fields.get("computername"),
        "TimeCreated": in_utc(
            fields.get("timestamp") or fields.get("timegenerated") or fields.get("eventtime")
        ),
        "EventRecordID": fields.get("reportid") or fields.get("reportidlong"),
        "EventData": {**fields, "additionalfields": _additional(fields)},
    }


def _additional(fields: Node) -> object:
    for name in ("additionalfields", "additionalfieldsstring", "additionalfieldsdynamic"):
        if fields.get(name):
            return fields[name] if isinstance(fields[name], str) else orjson.dumps(fields[name]).decode()
    return None


def _hayabusa(header: Node) -> Node:
    info = header.get("allfieldinfo") or header.get("details")
    log = str(header.get("channel", ""))
    return {
        **header,
        "channel": _LOGS.get(log.lower(), log),
        "timecreated": _joined_zone(header.get("timestamp")),
        "eventdata": info if isinstance(info, dict) else _pairs(str(info or "")),
    }


def _joined_zone(time: object) -> object:
    return re.sub(r" (?=[+-]\d\d:\d\d$)", "", time) if isinstance(time, str) else time


def _pairs(text: str) -> Node:
    """Read `CommandLine: x ¦ Image: y`."""
    named = (part.partition(": ") for part in text.split(" ¦ "))
    return {name.strip(): content for name, separator, content in named if separator}


def _splunk_raw(header: Node) -> Node:
    raw = str(header["_raw"]).strip()
    if raw.startswith("<"):
        try:
            return event_value(raw.encode())[0]
        except Unparsable:
            return header
    found = _RAW_TEXT.match(raw)
    if not found:
        return _splunk(header) if "eventcode" in header else header
    fields = dict(_RAW_FIELD.findall(found["fields"]))
    return {
        "@timestamp": header.get("_time"),
        "TimeCreated": found["time"],
        "LogName": fields.get("LogName"),
        "ProviderName": _provider(fields),
        "Id": fields.get("EventCode"),
        "MachineName": fields.get("ComputerName"),
        "RecordId": fields.get("RecordNumber"),
        "UserId": fields.get("Sid"),
        "Message": found["message"],
    }


def _plaso(header: Node) -> Node:
    """An event of Plaso keeps the element that it was made of."""
    try:
        return event_value(str(header["xml_string"]).strip().encode())[0]
    except Unparsable:
        return header


def _elastic(header: Node) -> Node:
    try:
        return event_value(ecs.original(header).encode())[0]
    except Unparsable:
        return header


def _provider(fields: Node) -> object:
    """Return who wrote an event; of the Security log Splunk says it in the language of Windows."""
    is_audit = fields.get("LogName") == "Security" and not str(fields.get("EventCode")).startswith("110")
    return _SECURITY if is_audit else fields.get("SourceName")


def _splunk(header: Node) -> Node:
    """Fields that Splunk extracted; `source` is `WinEventLog:Security` where no log is named."""
    log = header.get("channel") or header.get("logname") or str(header.get("source", "")).rpartition(":")[2]
    return {
        **header,
        "eventid": header["eventcode"],
        "channel": log,
        "computer": header.get("computername") or header.get("computer") or header.get("host"),
        "timecreated": header.get("systemtime") or header.get("_time"),
    }


def _sentinel(header: Node) -> Node:
    """SecurityEvent leaves out who wrote the event; Event and WindowsEvent hold its data as text."""
    found = {**header, "timecreated": in_utc(header.get("timecreated") or header["timegenerated"])}
    if header.get("eventlog"):
        found |= {"channel": header["eventlog"], "providername": header.get("source")}
    elif not (header.get("channel") or header.get("provider")):
        found |= {"providername": header.get("eventsourcename") or _SECURITY}
    found.setdefault("message", header.get("rendereddescription"))
    return {name: content for name, content in found.items() if content is not None}


def data_of(text: str) -> object:
    """Return the data that a text holds as XML or JSON; any other text as it is."""
    try:
        if text.lstrip().startswith("<"):
            found = element(text.encode())[0]
            inner = next((part for part in found if local_name(part) == "EventData"), found)
            return value(inner)
        return orjson.loads(text) if text.lstrip().startswith("{") else text
    except (Unparsable, orjson.JSONDecodeError):
        return text


def _get_eventlog(header: Node) -> Node:
    strings = header.get("replacementstrings")
    values = [{"Value": text} for text in strings] if isinstance(strings, list) else None
    return {
        "TimeCreated": header.get("timegenerated"),
        "ProviderName": header.get("source"),
        "Id": header.get("eventid"),
        "MachineName": header.get("machinename"),
        "RecordId": header.get("index"),
        "Message": header.get("message"),
        **({"Properties": values} if values else {}),
    }


def _log_parser(header: Node) -> Node:
    """`Strings` are the values, with a line between them; times are local, and of a file its path is the log."""
    strings = str(header["strings"]).split("|") if header["strings"] else []
    return {
        "TimeCreated": header.get("timegenerated"),
        "ProviderName": header.get("sourcename"),
        "Id": header.get("eventid"),
        "MachineName": header.get("computername"),
        "RecordId": header.get("recordnumber"),
        "UserId": header.get("sid"),
        "Message": header.get("message"),
        "Properties": [{"Value": text} for text in strings],
    }


def _osquery(header: Node) -> Node:
    """Tables windows_events and windows_eventlog; `datetime` is the event's own time, in UTC."""
    data = data_of(str(header["data"]))
    found = data.get("EventData", data.get("UserData", data)) if isinstance(data, dict) else data
    return {
        "EventID": header["eventid"],
        "ProviderName": header["provider_name"],
        "Channel": header.get("channel") or header.get("source"),
        "Computer": header.get("computer_name"),
        "TimeCreated": in_utc(header["datetime"]),
        "ExecutionProcessID": header.get("pid"),
        "EventData": found,
    }


def _wazuh_part(header: Node) -> Node | None:
    """Return the part of an alert that is the event: `data.win`, or `win` alone."""
    for part in (header.get("data"), header):
        found = part.get("win") if isinstance(part, dict) else None
        if isinstance(found, dict) and isinstance(found.get("system"), dict):
            return found
    return None


def _wazuh(header: Node) -> Node:
    event = _wazuh_part(header) or {}
    system = {key.lower(): content for key, content in event["system"].items()}
    data = event.get("eventdata")
    return {
        **system,
        "timecreated": system.get("systemtime"),
        "executionprocessid": system.get("processid"),
        "eventdata": {name: _unescaped(content) for name, content in data.items()}
        if isinstance(data, dict)
        else {},
    }


def _unescaped(content: object) -> object:
    return re.sub(r"\\([\\\"])", r"\1", content) if isinstance(content, str) else content


def _graylog(header: Node) -> Node:
    """Fields of Winlogbeat, joined by `_` behind the name of the input."""
    found: Node = {"event_data": {}}
    for name, content in header.items():
        if plain := _GRAYLOG.match(name):
            (found["event_data"] if plain[1] else found)[name[plain.end() :]] = content
    return {"log_name": found.get("channel"), "timecreated": header.get("timestamp"), **found}


_VENDORS: Final[tuple[tuple[Callable[[Node], bool], Callable[[Node], Node]], ...]] = (
    (is_defender, _defender),
    (lambda header: "allfieldinfo" in header or ("ruletitle" in header and "recordid" in header), _hayabusa),
    (lambda header: isinstance(header.get("_raw"), str), _splunk_raw),
    (lambda header: isinstance(header.get("xml_string"), str), _plaso),
    (lambda header: bool(ecs.original(header)), _elastic),
    (lambda header: _wazuh_part(header) is not None, _wazuh),
    (lambda header: "winlogbeat_event_id" in header or "winlogbeat_winlog_event_id" in header, _graylog),
    (lambda header: "eventcode" in header, _splunk),
    (lambda header: "entrytype" in header and "source" in header, _get_eventlog),
    (lambda header: header.keys() >= {"recordnumber", "eventid", "strings"}, _log_parser),
    (lambda header: header.keys() >= {"eventid", "provider_name", "datetime", "data"}, _osquery),
    (lambda header: "timegenerated" in header and "eventid" in header, _sentinel),
)
"""Who exports what, most telling first."""
