"""Which delimited texts are event exports, by their first lines.

Names of columns decide, compared without letter case. Event Viewer translates its names, so its exports are
known by their build: five names, and rows of six fields with a date in the second and a number in the fourth.
Sources: exports of Event Viewer, Get-WinEvent, Get-EventLog, EvtxECmd, Hayabusa, Kibana, Splunk, Microsoft
Sentinel and Microsoft Defender.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

DELIMITERS: Final = ",;\t"

_NUMBERS: Final = frozenset(
    ["id", "eventid", "event_id", "eventcode", "winlog.event_id", "instanceid", "event.code"]
)
_ORIGINS: Final = frozenset(
    "providername provider sourcename source channel logname log_name eventlog winlog.channel "
    "winlog.provider_name eventsourcename timegenerated".split()
)
_DEFENDER: Final = (
    frozenset(["event time", "action type", "computer name"]),
    frozenset(["timestamp", "actiontype", "devicename"]),
    frozenset(["timegenerated", "actiontype", "devicename"]),
)
_WHOLE: Final = (frozenset(["_raw", "sourcetype"]), frozenset(["xml_string", "data_type"]))
"""Columns of Splunk's and Plaso's tables, one of which holds the whole event."""

_UTC: Final = " [UTC]"  # behind the name of a time, where the portal of Azure exports a table
_VIEWER_NAMES, _VIEWER_FIELDS = 5, 6
_DATE: Final = re.compile(r"\D{0,3}\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,4}.{0,3}\s.*\d{1,2}[:.]\d\d")


class Head(NamedTuple):
    """How a table of events begins.

    Attributes:
        form: events, viewer or defender.
        names: of its columns, without the zone that Azure writes behind the name of a time.
        delimiter: between them.
        line: 1-based line of the names; a line for Excel or for PowerShell may stand before it.
        in_utc: places of the columns with such a zone.
    """

    form: str
    names: tuple[str, ...]
    delimiter: str
    line: int
    in_utc: frozenset[int] = frozenset()


def table_head(text: str) -> Head | None:
    """Return how a text begins where it is a table of events, or null."""
    lines = text.split("\n", 4)
    line = next((number for number, line in enumerate(lines[:3]) if not _is_prefix(line)), None)
    if line is None:
        return None
    delimiter = max(DELIMITERS, key=lambda each: len(fields(lines[line], each) or ()))
    written = [name.strip() for name in fields(lines[line], delimiter) or ()]
    names = tuple(name.removesuffix(_UTC) for name in written)
    in_utc = frozenset(place for place, name in enumerate(written) if name.endswith(_UTC))
    first = f'{lines[line + 1]}"' if len(lines) > line + 1 else ""  # its message goes on below
    form = _form(names) or _viewer(names, fields(first, delimiter) or fields(first[:-1], delimiter))
    return Head(form, names, delimiter, line + 1, in_utc) if form else None


def fields(record: str, delimiter: str) -> list[str] | None:
    """Return the fields of one record, or null where its quotation marks are not as they should be."""
    try:
        return next(csv.reader([record], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _is_prefix(line: str) -> bool:
    """`#TYPE Selected.…` of Export-Csv, `sep=;` for Excel, or nothing."""
    return not line.strip() or line.startswith("#TYPE") or line.lower().startswith(("sep=", '"sep='))


def _form(names: Sequence[str]) -> str | None:
    lower = {name.lower() for name in names}
    if any(wanted <= lower for wanted in _DEFENDER):
        return "defender"
    is_whole = any(wanted <= lower for wanted in _WHOLE)
    return "events" if is_whole or (lower & _NUMBERS and lower & _ORIGINS) else None


def _viewer(names: Sequence[str], first: Sequence[str] | None) -> str | None:
    if len(names) != _VIEWER_NAMES or first is None or len(first) != _VIEWER_FIELDS:
        return None
    _, date, _, number, *_ = first
    return "viewer" if _DATE.match(date) and re.fullmatch(r"[\d., ]{1,8}", number) else None
