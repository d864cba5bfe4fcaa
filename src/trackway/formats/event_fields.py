"""EventData and UserData as programs write them in JSON, brought to names and values.

Sources: as of `event_forms`. A value may be an object with attributes around it, a field may stand without a
name, and UserData has its fields one level down.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

Node = dict[str, Any]

_NAMED: Final = {"@Name", "#text"}


def lowered(node: Node) -> Node:
    """Return an object with its keys in lower case; of equal ones the last wins."""
    return {key.lower(): value for key, value in node.items()}


def plain(value: Any) -> Any:
    """Return the content of an element that carries attributes: `{"#attributes": {…}, "#text": "x"}` is x."""
    if isinstance(value, dict):
        node = lowered(value)
        for name in ("#text", "value", "$", "_text"):
            if name in node:
                return node[name]
        return None if _only_attributes(node) else value
    return value


def _only_attributes(node: Node) -> bool:
    return bool(node) and all(name == "#attributes" or name.startswith("@") for name in node)


def attribute(system: Node, element: str, name: str) -> Any:
    """Return an attribute: `#attributes`, `X_attributes`, `@Name`, or a plain member."""
    for node in (system.get(element), system.get(f"{element}_attributes")):
        if not isinstance(node, dict):
            continue
        inner = lowered(node)
        attributes = inner.get("#attributes")
        if isinstance(attributes, dict):
            inner |= lowered(attributes)
        for key in (name, f"@{name}", f"-{name}"):
            if inner.get(key) is not None:
                return inner[key]
    value = system.get(element)
    return value if isinstance(value, str) and element == "provider" else None


def fields_of(node: Node) -> Node | None:
    """Return the fields of EventData and UserData, or null where the form has neither."""
    found: Node | None = None
    for name in ("userdata", "user_data", "eventdata", "event_data"):
        content = node.get(name)
        if isinstance(content, str) and content:
            content = {"Data": content}
        if isinstance(content, list):
            content = {"Data": content}
        if isinstance(content, dict):
            read = _user_data if name.startswith("user") else _event_data
            found = {**(found or {}), **read(content)}
    return found


def _user_data(content: Node) -> Node:
    """UserData has its fields one level down, in an element that the provider names."""
    inner = [value for name, value in content.items() if isinstance(value, dict) and name[:1] != "#"]
    return _event_data(inner[0] if len(inner) == 1 and _depth_one(content) else content)


def _depth_one(content: Node) -> bool:
    return all(
        isinstance(value, dict) or name.startswith(("#", "@", "xml")) for name, value in content.items()
    )


def _event_data(content: Node) -> Node:
    fields = {name: plain(value) for name, value in content.items() if name != "#attributes"}
    data = next((value for name, value in content.items() if name.lower() == "data"), None)
    if isinstance(data, (list, dict)):
        fields = {name: value for name, value in fields.items() if name.lower() != "data"} | _data(data)
    elif not any(name.lower() == "data" for name in content):
        values = list(_numbered(content))
        fields |= {"Data": "\n".join(values)} if values else {}
    return fields


def _data(data: Any) -> Node:
    """Return `Data` elements by their names; those without one as lines of `Data`."""
    named: Node = {}
    lines: list[str] = []
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict) and item.keys() == _NAMED and isinstance(item["@Name"], str):  # EvtxECmd's
            named[item["@Name"]] = item["#text"]
            continue
        name = attribute({"data": item}, "data", "name") if isinstance(item, dict) else None
        content = plain(item)
        if isinstance(name, str):
            named[name] = content
        else:
            several = content if isinstance(content, list) else [content]
            lines += [str(line) for line in several if line is not None]
    return {**named, **({"Data": "\n".join(lines)} if lines else {})}


def _numbered(content: Node) -> Iterator[str]:
    """Yield `param1`, `param2`… as Winlogbeat calls fields without names."""
    node, number = lowered(content), 1
    while (value := node.get(f"param{number}")) is not None:
        yield str(value)
        number += 1
