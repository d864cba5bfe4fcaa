"""What evidence says about an event: its fields, its message, and how often it is there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree  # type: ignore[import-untyped]  # ships no types

LARGEST: Final = 64 << 20
"""Bytes of a manifest, a listing or a program that are read; real ones stay far below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a template; its type is empty where the evidence does not tell it."""

    name: str
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One version of one event, as one file tells of it.

    Attributes:
        provider: its name, or in braces its GUID where no name is known.
        event_id: number, without the flags of a legacy one.
        version: null where the form does not say.
        channel: name, or empty.
        level: number.
        keywords: bits in hexadecimal.
        task: number.
        opcode: number.
        message: as Windows has it, with %1; empty where there is none.
        fields: in the order of the template.
        knows_fields: whether the form tells the fields at all.
        records: how many there are, 0 for a mere definition.
        first: time of the first of them, ticks.
        last: time of the last of them, ticks.
        learned_from: records, manifest, wevtutil, Get-WinEvent or program.
    """

    provider: str
    event_id: int
    version: int | None
    channel: str = ""
    level: int | None = None
    keywords: str = ""
    task: int | None = None
    opcode: int | None = None
    message: str = ""
    fields: tuple[Field, ...] = ()
    knows_fields: bool = True
    records: int = 0
    first: int | None = None
    last: int | None = None
    learned_from: str


def xml_root(raw: bytes) -> etree._Element | None:
    """Return the root of an XML text without entities and DTD, null where it is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root.getroottree().docinfo.doctype else root


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def template_fields(template: etree._Element | str | None) -> tuple[Field, ...]:
    """Return the fields of `<template><data name="QueryName" inType="win:UnicodeString"/></template>`."""
    if isinstance(template, str):
        template = xml_root(template.encode())
    if template is None:
        return ()
    return tuple(
        Field(name=data.get("name", ""), type=re.sub(r"^\w+:", "", data.get("inType", "")))
        for data in template.iter()
        if local(data) == "data"
    )


def number(text: str | None) -> int | None:
    """Return a decimal or hexadecimal number, null where the text is none."""
    try:
        return int(text or "", 0)
    except ValueError:
        return None


def bits(text: str | None) -> str:
    """Return keywords as Windows writes them, empty where there are none."""
    found = number(text)
    return f"0x{found & (1 << 64) - 1:x}" if found else ""
