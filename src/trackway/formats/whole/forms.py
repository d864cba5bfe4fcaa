"""From the ways in which programs write an event as JSON to the tree that Windows would write.

What a form does not say is left out, never guessed: an export without a level has no `Level`. In a flat form
everything that is not known to be the exporter's own is taken for a field of the event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from trackway.formats.event_fields import Node, lowered, plain
from trackway.formats.event_forms import GET_WINEVENT, HEADER, Event, first
from trackway.formats.json_text import integer, value_text
from trackway.formats.whole import ticks
from trackway.formats.whole.tree import NAMESPACE, Element

_EXPORTER: Final = frozenset(
    """
    eventreceivedtime eventtype severityvalue severity providerguid provider_guid task opcode
    opcodevalue level keywords executionthreadid threadid domain accountname accounttype category
    relatedactivityid sourcemodulename sourcemoduletype tags host port @timestamp @version
    qualifiers type _id
    """.split()
)
"""Names that NXLog and Logstash add to a flat record, lower case."""

_AMBIGUOUS: Final = frozenset({"id", "processid", "process_id", "provider", "version"})
"""Names of a header that in a flat form may be the event's own."""

_HEADER_NAMES: Final = frozenset(name for names in HEADER.values() for name in names) - _AMBIGUOUS
_ATTRIBUTES_ONLY: Final = frozenset({"provider", "timecreated", "correlation", "execution", "security"})
_TEXT_KEYS: Final = frozenset({"#text", "$", "_text"})
_LEVELS: Final = {"critical": 1, "error": 2, "warning": 3, "information": 4, "info": 4, "verbose": 5}
_SECONDS: Final = re.compile(r"\d{9,10}(\.\d{1,9})?", re.ASCII)
_UNSIGNED: Final = (1 << 64) - 1


def tree(event: Event) -> Element:
    """Return the event as a tree.

    Raises:
        Inexact: a number in it has to be read by the exact parser.
    """
    root = Element("Event", namespace=NAMESPACE)
    if isinstance(event.header.get("system"), dict):
        root.children = list(_nested(event.header))
    else:
        root.children = [_system(event), _data(event)]
    message = first(event.header, "message")
    if isinstance(message, str):
        root.children.append(Element("RenderingInfo", children=[Element("Message", text=message)]))
    return root


def own_time(header: Node) -> ticks.Moment | None:
    """Return the record's own time, a collector's where it has none, or null."""
    return ticks.moment(_time(_stated_time(header)) or "")


def _stated_time(header: Node) -> Any:
    stated = plain(first(header, "time_text"))
    return stated if stated not in (None, "") else plain(header.get("@timestamp"))


def _nested(header: Node) -> Iterator[Element]:
    """Yield System, EventData and UserData of a form that keeps Windows' nesting."""
    yield _element("System", header["system"])
    if header.get("eventdata") is not None:
        yield _event_data(header["eventdata"])
    if header.get("userdata") is not None:
        yield _element("UserData", header["userdata"])


def _element(name: str, value: Any) -> Element:
    """Return a JSON value as an element: `#attributes`, `@x` and `X_attributes` are attributes."""
    element = Element(name)
    if not isinstance(value, dict):
        element.text = _text(value)
        return element
    for key, inner in value.items():
        _put(element, key, inner)
    return element


def _put(element: Element, key: str, value: Any) -> None:
    lower = key.lower()
    if lower == "#attributes":
        element.attributes |= {name: _text(text) for name, text in value.items()} if value else {}
    elif key[:1] in "@-" and not isinstance(value, dict | list):
        element.attributes[key[1:]] = _text(value)
    elif lower.endswith("_attributes") and isinstance(value, dict):
        _owner(element, key[: -len("_attributes")]).attributes |= {n: _text(v) for n, v in value.items()}
    elif lower in _TEXT_KEYS or (lower == "value" and element.name == "EventID"):
        element.text = _text(value)
    elif element.name.lower() in _ATTRIBUTES_ONLY and not isinstance(value, dict | list):
        element.attributes[key] = (_time(value) or "") if lower == "systemtime" else _text(value)
    else:
        _add(element, key, value)


def _owner(element: Element, name: str) -> Element:
    found = element.child(name)
    if found is None:
        found = Element(name)
        element.children.append(found)
    return found


def _add(element: Element, key: str, value: Any) -> None:
    """Add children of a name; one that only had attributes so far gets its content."""
    for item in value if isinstance(value, list) else [value]:
        made = _element(key, item)
        waiting = element.child(key)
        if waiting and not waiting.children and not waiting.text and waiting.attributes:
            waiting.text, waiting.children = made.text, made.children
        else:
            element.children.append(made)


def _event_data(content: Any) -> Element:
    """EventData as programs write it: an object by names, or `Data` with lists and attributes."""
    data = Element("EventData")
    if not isinstance(content, dict):
        data.children = list(_unnamed(content))
        return data
    for name, value in content.items():
        if name.lower() == "#attributes" and isinstance(value, dict):
            data.attributes = {key: _text(text) for key, text in value.items()}
        elif name == "Binary":
            data.children.append(Element("Binary", text=_text(plain(value))))
        elif name.lower() == "data":
            data.children += _unnamed(value)
        elif name[:1] not in {"#", "@"}:
            data.children.append(Element("Data", {"Name": name}, text=_text(plain(value))))
    return data


def _unnamed(value: Any) -> Iterator[Element]:
    for item in value if isinstance(value, list) else [value]:
        name = item.get("@Name", item.get("Name")) if isinstance(item, dict) else None
        attributes = item.get("#attributes") if isinstance(item, dict) else None
        if isinstance(attributes, dict):
            name = attributes.get("Name")
        content = plain(item)
        for text in content if isinstance(content, list) else [content]:
            yield Element("Data", {"Name": str(name)} if name else {}, text=_text(text))


def _system(event: Event) -> Element:
    """Return System as far as a flat or partly flat form tells it, in Windows' order."""
    header = event.header
    children = [
        _with("Provider", Name=event.provider, Guid=_guid(header)),
        Element("EventID", text=str(event.event_id)),
        *_numbers(header),
        _with("TimeCreated", SystemTime=_time(_stated_time(header))),
        _leaf("EventRecordID", integer(plain(first(header, "record")))),
        _with("Correlation", ActivityID=plain(first(header, "activity_id"))),
        _with("Execution", ProcessID=_pid(event), ThreadID=_thread(header)),
        _leaf("Channel", event.channel),
        _leaf("Computer", plain(first(header, "computer"))),
        _with("Security", UserID=_sid(header)),
    ]  # fmt: skip
    return Element("System", children=[child for child in children if child])


def _numbers(header: Node) -> Iterator[Element | None]:
    yield _leaf("Version", integer(plain(first(header, "event_version"))))
    level = plain(header.get("level"))
    word = _LEVELS.get(level.lower()) if isinstance(level, str) else None
    yield _leaf("Level", integer(level) if word is None else word)
    yield _leaf("Task", integer(plain(header.get("task"))))
    yield _leaf("Opcode", integer(plain(header.get("opcodevalue", header.get("opcode")))))
    keywords = integer(plain(header.get("keywords")))  # NXLog writes the 64 bits as a signed number
    yield _leaf("Keywords", f"0x{keywords & _UNSIGNED:x}" if keywords is not None else _hex(header))


def _hex(header: Node) -> str | None:
    """Return keywords that are written as a hexadecimal number of more than 63 bits."""
    text = plain(header.get("keywords"))
    return text if isinstance(text, str) and text[:2].lower() == "0x" else None


def _data(event: Event) -> Element:
    fields = event.fields
    if event.nameless:
        values = [plain(item) for item in event.header.get("properties") or []]
        return Element("EventData", children=[Element("Data", text=_text(value)) for value in values])
    if not event.flat:
        return _event_data(fields)
    known = _HEADER_NAMES | _EXPORTER | (GET_WINEVENT if "logname" in event.header else frozenset())
    own = {name: value for name, value in fields.items() if name.lower() not in known and value is not None}
    if _renamed_pid(own):  # old NXLog calls the header's ProcessID, and the event's ProcessId
        own.pop("ProcessID")
    return _event_data(
        {name: value for name, value in own.items() if name.lower() not in {"id", "version", "provider"}}
    )


def _renamed_pid(own: Node) -> bool:
    return "ProcessID" in own and "ProcessId" in own


def _pid(event: Event) -> int | None:
    stated = first(event.header, "header_pid")
    if stated is None and isinstance(process := event.header.get("process"), dict):
        stated = lowered(process).get("pid")
    if stated is None and _renamed_pid(event.fields):
        stated = event.fields["ProcessID"]
    elif stated is None and not event.flat:
        stated = first(event.header, "weak_pid")
    return integer(plain(stated))


def _thread(header: Node) -> int | None:
    process = header.get("process")
    thread = lowered(process).get("thread") if isinstance(process, dict) else None
    stated = lowered(thread).get("id") if isinstance(thread, dict) else header.get("executionthreadid")
    return integer(plain(stated if stated is not None else header.get("threadid")))


def _guid(header: Node) -> Any:
    return next(
        (header[name] for name in ("providerguid", "provider_guid", "providerid") if header.get(name)), None
    )


def _sid(header: Node) -> Any:
    user = header.get("user")
    found = plain(first(header, "user_id")) or (
        lowered(user).get("identifier") if isinstance(user, dict) else None
    )
    return found if isinstance(found, str) else None


def _time(value: Any) -> str | None:
    """Return a time as Windows writes it; without a zone as it stands, since nobody knows its zone."""
    if isinstance(value, str) and _SECONDS.fullmatch(value):  # Velociraptor: seconds since 1970
        value = float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return ticks.shown(round(value * 1_000_000) * 10)
    found = ticks.moment(value) if isinstance(value, str) else None
    return ticks.shown(found.ticks) if found and found.zoned else _text(value) or None


def _with(name: str, **attributes: Any) -> Element | None:
    given = {key: _text(value) for key, value in attributes.items() if value not in (None, "")}
    return Element(name, given) if given else None


def _leaf(name: str, value: Any) -> Element | None:
    return None if value is None else Element(name, text=_text(value))


def _text(value: Any) -> str:
    return value_text(value) or ""
