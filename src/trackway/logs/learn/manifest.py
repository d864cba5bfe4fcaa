"""Definitions in XML: instrumentation manifests (`.man`), and `wevtutil gp /ge /gm:true /f:xml`.

Source: Microsoft, "EventManifest Schema" and "wevtutil". Messages of a manifest stand in its string table,
as `$(string.Event.3006)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree  # type: ignore[import-untyped]  # ships no types

from trackway.logs.learn.described import Described, bits, local, number, template_fields, xml_root

_STRING = re.compile(r"\$\(string\.([^)]*)\)")
_SEVERITY = 0xFFFFFF


def definitions(raw: bytes) -> Iterator[Described]:
    """Yield the events of every provider that the text describes; none where it is something else."""
    root = xml_root(raw)
    if root is None:
        return
    strings = {each.get("id", ""): each.get("value", "") for each in root.iter() if local(each) == "string"}
    for provider in root.iter():
        if local(provider) == "provider" and provider.get("name"):
            yield from _of_provider(provider, strings)


def _of_provider(provider: etree._Element, strings: dict[str, str]) -> Iterator[Described]:
    below = [element for element in provider.iter() if isinstance(element.tag, str)]
    templates = {each.get("tid", ""): each for each in below if local(each) == "template"}
    channels = {
        key: each.get("name", "")
        for each in below
        if local(each) in {"channel", "importChannel"}
        for key in (each.get("chid"), each.get("value"), each.get("id"), each.get("name"))
        if key
    }
    is_manifest = any("symbol" in each.attrib or "template" in each.attrib for each in below) or bool(
        templates
    )
    for event in below:
        if local(event) == "event" and (found := number(event.get("value"))) is not None:
            yield Described(
                provider=provider.get("name", ""),
                event_id=found & _SEVERITY,
                version=number(event.get("version", "0")),
                channel=channels.get(event.get("channel", ""), ""),
                level=_level(event.get("level")),
                keywords=bits(event.get("keywords")),
                task=number(event.get("task")),
                opcode=number(event.get("opcode")),
                message=_message(event.get("message", ""), strings),
                fields=template_fields(templates.get(event.get("template", ""))),
                knows_fields=is_manifest,
                learned_from="manifest" if is_manifest else "wevtutil",
            )


def _level(text: str | None) -> int | None:
    names = ("LogAlways", "Critical", "Error", "Warning", "Informational", "Verbose")
    base = (text or "").removeprefix("win:")
    return names.index(base) if base in names else number(text)


def _message(text: str, strings: dict[str, str]) -> str:
    return _STRING.sub(lambda found: strings.get(found[1], found[0]), text)
