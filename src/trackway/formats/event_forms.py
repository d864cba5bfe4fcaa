r"""The ways in which programs write a Windows event as JSON, brought to one.

Sources: records of NXLog (im_msvistalog), Get-WinEvent with ConvertTo-Json, Winlogbeat 6 to 8, evtx_dump
in its three spellings of attributes, Velociraptor's parse_evtx, EvtxECmd; the event schema of Windows
(System, EventData, UserData). Names are compared without letter case throughout.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import orjson

from trackway.formats.ecs import sysmon_fields
from trackway.formats.event_fields import Node, attribute, fields_of, lowered, plain
from trackway.formats.json_text import integer
from trackway.formats.unnamed import from_message, from_properties
from trackway.formats.vendor_forms import adapted, data_of


class Event(NamedTuple):
    """One event, as far as every form tells it.

    Attributes:
        event_id: number of the event.
        provider: who wrote it.
        channel: which log it stood in.
        header: what a form says of the record itself, by the lower-case names of `HEADER`.
        fields: EventData and UserData as spelled; in a flat form the whole record.
        flat: whether header and fields are one.
        nameless: whether the values came without names, as Get-WinEvent's `Properties`, or in a message alone.
    """

    event_id: int
    provider: str | None
    channel: str | None
    header: Node
    fields: Node
    flat: bool
    nameless: bool


GET_WINEVENT: Final = frozenset(
    "id version qualifiers level task opcode keywords recordid providername providerid logname processid "
    "threadid machinename userid timecreated activityid relatedactivityid containerlog matchedqueryids "
    "bookmark leveldisplayname opcodedisplayname taskdisplayname keywordsdisplaynames properties".split()
)
"""Properties of the header of .NET's EventLogRecord, lower case; none of them is a field of the event."""

_OF_ANY_EVENT: Final = GET_WINEVENT | {"message", "@timestamp", "pscomputername", "runspaceid"}

HEADER: Final = {
    "event_id": ("eventid", "event_id", "id"),
    "provider": ("sourcename", "providername", "provider", "source_name", "provider_name"),
    "channel": ("channel", "logname", "log_name"),
    "computer": ("hostname", "machinename", "computername", "computer", "computer_name"),
    "record": ("eventrecordid", "recordid", "recordnumber", "record_number", "record_id"),
    "event_version": ("version",),
    "time_text": ("timecreated", "eventtime", "systemtime", "timecreated_systemtime"),
    "header_pid": ("executionprocessid", "execution_process_id", "execution_processid"),
    "weak_pid": ("processid", "process_id"),  # in a flat form EventData may have a field of that name
    "activity_id": ("activityid", "activity_id"),
    "user_id": ("userid", "user_id"),
    "message": ("message",),
}
"""What a header says, and the lower-case names that programs give it, most specific first."""


_SYSMON: Final = "microsoft-windows-sysmon"
_OF_SYSMON: Final = frozenset(("utctime", "processguid", "processid", "image"))
"""Fields of which an event of Sysmon has some, until a pipeline moves all of them."""

_WHOLE: Final = ("system", "eventdata", "userdata")
"""Parts that a nested form keeps as Windows nests them; whole records are made of them."""


def event(record: object) -> Event | None:
    """Return the event that a JSON value is, or null where it is none."""
    if not isinstance(record, dict):
        return None
    header = lowered(record)
    if isinstance(source := header.get("_source"), dict):  # Elasticsearch wraps what it was given
        record, header = source, lowered(source)
    if (common := adapted(header)) is not None:
        record, header = common, lowered(common)
    if isinstance(beat := header.get("winlog"), dict):
        return _beat(header, lowered(beat))
    if isinstance(nested := _nested_part(header), dict):
        return _nested(header, nested)
    if "winlog.event_id" in header:
        return _dotted(header)
    return _flat(header, record)


def with_names(found: Event) -> Event:
    """Return an event whose values have no names with those that its template or its message gives them."""
    properties, message = found.header.get("properties"), found.header.get("message")
    named = None
    if isinstance(properties, list) and found.provider:
        named = from_properties(found.provider, found.event_id, [plain(each) for each in properties])
    if named is None and isinstance(message, str) and found.provider:
        named = from_message(found.provider, found.event_id, message)
    return found if named is None else found._replace(fields=named, flat=False, nameless=False)


def first(header: Node, column: str) -> Any:
    """Return what the header says for a column, under whichever name, or null."""
    for name in HEADER[column]:
        value = header.get(name)
        if value is not None and value != "":
            return value
    return None


def _event(header: Node, fields: Node, *, flat: bool, nameless: bool = False) -> Event | None:
    """An event has a number, and a provider or a log."""
    event_id = integer(plain(first(header, "event_id")))
    provider, channel = _name(first(header, "provider")), _name(first(header, "channel"))
    if event_id is None or event_id < 0 or (provider is None and channel is None):
        return None
    return Event(event_id, provider, channel, header, fields, flat, nameless)


def _name(value: object) -> str | None:
    """Return a provider or a channel, also where it is an object with a name."""
    if isinstance(value, dict):
        value = lowered(value).get("name")
    return value if isinstance(value, str) and value else None


def _flat(header: Node, record: Node) -> Event | None:
    """Read a form whose fields stand beside the header, or that has no header around System."""
    payload = header.get("payload")
    if isinstance(payload, str) and payload.startswith(('{"EventData"', '{"UserData"')):  # EvtxECmd
        header = {**header, **_object(payload)}
    if isinstance(data := header.get("eventdata"), str):  # Velociraptor's tables
        header = {**header, "eventdata": data_of(data)}
    fields = fields_of(header)
    if fields is None and "log_name" in header:  # Winlogbeat 6, an event without data
        fields = {}
    if fields is None:
        return _event(header, record, flat=True, nameless=_is_nameless(header))
    return _event(header, fields, flat=False)


def _is_nameless(header: Node) -> bool:
    """True where a record has nothing but what .NET says of any event, and perhaps values without names."""
    if isinstance(header.get("properties"), list):
        return True
    return bool(header.get("message")) and header.keys() <= _OF_ANY_EVENT


def _beat(top: Node, beat: Node) -> Event | None:
    """Read Winlogbeat 7 and later: everything about the event is in `winlog`, its time is `@timestamp`."""
    header = {"message": top.get("message"), **beat}
    header["timecreated"] = top.get("@timestamp")
    if isinstance(process := beat.get("process"), dict):
        header["executionprocessid"] = lowered(process).get("pid")
    if isinstance(code := top.get("event"), dict):
        header.setdefault("event_id", lowered(code).get("code"))
        header.setdefault("provider", lowered(code).get("provider"))
    fields = fields_of(header) or {}
    if str(first(header, "provider")).lower() == _SYSMON and _OF_SYSMON.isdisjoint(map(str.lower, fields)):
        fields = {**sysmon_fields(top), **fields}
        header["timecreated"] = _created(top) or header["timecreated"]
    return _event(header, fields, flat=False)


def _created(top: Node) -> Any:
    node = top.get("event")
    return lowered(node).get("created") if isinstance(node, dict) else None


def _dotted(header: Node) -> Event | None:
    """Read the same where an export has flattened it: `winlog.event_data.QueryName`."""
    tree: Node = {}
    for name, value in header.items():
        *folders, leaf = name.split(".")
        node = tree
        for folder in folders:
            inner = node.setdefault(folder, {})
            node = inner if isinstance(inner, dict) else {}
        node[leaf] = value
    return _beat(tree, tree["winlog"]) if isinstance(tree.get("winlog"), dict) else None


def _nested_part(header: Node) -> Node | None:
    """Return the object that holds System, with or without an Event around it."""
    inner = header.get("event")
    node = lowered(inner) if isinstance(inner, dict) else header
    return node if isinstance(node.get("system"), dict) else None


def _nested(top: Node, node: Node) -> Event | None:
    system = lowered(node["system"])
    rendering = node.get("renderinginfo")
    rendered = lowered(rendering).get("message") if isinstance(rendering, dict) else None
    header: Node = {
        "@timestamp": top.get("@timestamp"),
        "eventid": system.get("eventid"),
        "providername": attribute(system, "provider", "name"),
        "channel": plain(system.get("channel")),
        "computer": plain(system.get("computer")),
        "eventrecordid": plain(system.get("eventrecordid")),
        "version": plain(system.get("version")),
        "timecreated": attribute(system, "timecreated", "systemtime"),
        "executionprocessid": attribute(system, "execution", "processid"),
        "activityid": attribute(system, "correlation", "activityid"),
        "userid": attribute(system, "security", "userid"),
        "message": top.get("message") or rendered,
        **{name: node[name] for name in _WHOLE if name in node},
    }
    return _event(header, fields_of(node) or {}, flat=False)


def _object(text: str) -> Node:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return lowered(found) if isinstance(found, dict) else {}
