"""What events mean: definitions as data, one line an event (`events.csv`), one a parameter (`parameters.csv`).

Facts: the manifests of Microsoft-Windows-DNS-Client by Windows build, Microsoft's pages on the audit events,
Sysinternals' on Sysmon, and recordings. Titles, messages and remarks are Trackway's own words. Fields are
named, never counted: equal versions have other positions on other builds.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_SEVERITIES = 0xFFFFFF  # a legacy id carries severity and facility in its high bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One field of an event: its place in the template, its type, and the version that brought it."""

    position: int
    name: str
    type: str
    since_version: int
    codes: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One event.

    Attributes:
        provider: who writes it.
        event_id: its number.
        version: the newest that is known, null where none is.
        versions: `version: Windows build` from which each is known.
        channel: where it goes.
        level: 0 to 5, null where nobody recorded it.
        keywords: bits in hexadecimal.
        task: number.
        opcode: number.
        title: what it is.
        message: with fields in braces.
        default_on: yes, no or in part.
        connection: what it means for a connection.
        trap: what misleads.
        complete: whether `parameters` are all that are known, not only those that are interpreted.
        parameters: its fields in the order of the newest template.
    """

    provider: str
    event_id: int
    version: int | None
    versions: str
    channel: str
    level: int | None
    keywords: str
    task: int | None
    opcode: int | None
    title: str
    message: str
    default_on: str
    connection: str
    trap: str
    complete: bool
    parameters: tuple[Parameter, ...]


@cache
def catalogue() -> Mapping[tuple[str, int], Definition]:
    """Return every definition by provider, lower case, and event id."""
    parameters: dict[tuple[str, int], list[Parameter]] = defaultdict(list)
    for row in _rows("parameters"):
        parameters[_key(row)].append(
            Parameter(
                position=int(row["position"]),
                name=row["name"],
                type=row["type"],
                since_version=int(row["since_version"]),
                codes=row["codes"],
                meaning=row["meaning"],
            )
        )
    return MappingProxyType(
        {_key(row): _definition(row, tuple(parameters[_key(row)])) for row in _rows("events")}
    )


def definition(provider: str | None, event_id: int) -> Definition | None:
    """Return what is known of an event, also by a legacy id, or null."""
    known = catalogue()
    return known.get(((provider or "").lower(), event_id)) or known.get(
        ((provider or "").lower(), event_id & _SEVERITIES)
    )


@cache
def vocabulary(name: str) -> Mapping[int, str]:
    """Return codes in words: query_type, query_options, status, protocol or message (`%%14593`)."""
    if name in _CORRELATED:
        table, code, words = _CORRELATED[name]
        rows = _read("trackway.correlate", f"words/{table}")
        return MappingProxyType({int(row[code]): row[words] for row in rows})
    return MappingProxyType(
        {int(row["code"]): row["words"] for row in _rows("codes") if row["vocabulary"] == name}
    )


_CORRELATED = {
    "status": ("status_text", "status", "text"),
    "protocol": ("protocol_name", "protocol", "name"),
}


def _rows(name: str) -> Iterator[dict[str, str]]:
    return _read(__package__, name)


def _read(package: str, name: str) -> Iterator[dict[str, str]]:
    text = files(package).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _key(row: Mapping[str, str]) -> tuple[str, int]:
    return row["provider"].lower(), int(row["event_id"])


def _definition(row: Mapping[str, str], parameters: tuple[Parameter, ...]) -> Definition:
    return Definition(
        provider=row["provider"],
        event_id=int(row["event_id"]),
        version=_number(row["version"]),
        versions=row["versions"],
        channel=row["channel"],
        level=_number(row["level"]),
        keywords=row["keywords"],
        task=_number(row["task"]),
        opcode=_number(row["opcode"]),
        title=row["title"],
        message=row["message"],
        default_on=row["default_on"],
        connection=row["connection"],
        trap=row["trap"],
        complete=row["complete"] == "yes",
        parameters=parameters,
    )


def _number(text: str) -> int | None:
    return int(text) if text else None
