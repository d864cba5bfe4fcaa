"""Definitions as PowerShell gives them: `Get-WinEvent -ListProvider … | ConvertTo-Json -Depth 5`, Export-Clixml.

Source: .NET, System.Diagnostics.Eventing.Reader, ProviderMetadata and EventMetadata; MS-PSRP 2.2.5 (CLIXML).
An id carries severity and facility in its high bits where it is a legacy one; `-band 0xffffff` takes them off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson
from lxml import etree  # type: ignore[import-untyped]  # ships no types

from trackway.evidence.kinds import encoding
from trackway.logs.catalogue import catalogue
from trackway.logs.learn.described import Described, bits, local, number, template_fields, xml_root

Node = dict[str, Any]

_SEVERITY = 0xFFFFFF
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LISTS = frozenset({"LST", "IE", "QUE", "STK"})


def definitions(raw: bytes) -> Iterator[Described]:
    """Yield the events of every provider that is listed; none where the text is something else."""
    codec, start = encoding(raw)
    text = raw[start:].decode(codec, "replace")
    found = _json(text) if text.lstrip()[:1] in {"{", "["} else _clixml(text)
    for item in found:
        events = item.get("Events")
        listed = events if isinstance(events, list) else [item]
        for event in listed:
            if isinstance(event, dict) and (made := _event(event, str(item.get("Name") or ""))):
                yield made


def _event(event: Node, provider: str) -> Described | None:
    event_id = number(str(event.get("Id")))
    if event_id is None or not ("Template" in event or "Description" in event):
        return None
    channel = _inner(event.get("LogLink"), "LogName")
    template = event.get("Template")
    return Described(
        provider=provider or _provider(channel),
        event_id=event_id & _SEVERITY,
        version=number(str(event.get("Version"))),
        channel=channel,
        level=number(_inner(event.get("Level"), "Value")),
        keywords=_keywords(event.get("Keywords")),
        task=number(_inner(event.get("Task"), "Value")),
        opcode=number(_inner(event.get("Opcode"), "Value")),
        message=str(event.get("Description") or ""),
        fields=template_fields(template if isinstance(template, str) else None),
        knows_fields="Template" in event,
        learned_from="Get-WinEvent",
    )


def _inner(value: Any, name: str) -> str:
    """Return a member of an object; one that was cut off by the depth of the export says nothing."""
    found = value.get(name) if isinstance(value, dict) else None
    return "" if found is None else str(found)


def _keywords(value: Any) -> str:
    joined = 0
    for keyword in value if isinstance(value, list) else [value]:
        joined |= number(_inner(keyword, "Value")) or 0
    return bits(str(joined))


def _provider(channel: str) -> str:
    """Return the provider that a channel is called after, where it is one that is known."""
    name = channel.split("/", maxsplit=1)[0]
    return next(
        (known.provider for known in catalogue().values() if known.provider.lower() == name.lower()), name
    )


def _json(text: str) -> list[Node]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return []
    return [item for item in (found if isinstance(found, list) else [found]) if isinstance(item, dict)]


def _clixml(text: str) -> list[Node]:
    root = xml_root(text.encode())
    if root is None or local(root) != "Objs":
        return []
    return [item for item in map(_content, root) if isinstance(item, dict)]


def _content(element: etree._Element) -> Any:
    """Return a primitive value as text, a list as a list, an object as its properties."""
    if local(element) == "Nil":
        return None
    if local(element) != "Obj":
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), element.text or "")
    properties = {
        str(child.get("N", "")): _content(child)
        for part in element
        if local(part) in {"Props", "MS"}
        for child in part
    }
    if properties:
        return properties
    lists = [part for part in element if local(part) in _LISTS]
    return [_content(child) for child in lists[0]] if lists else None
