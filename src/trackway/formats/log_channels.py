"""`wevtutil gl CHANNEL`, as text or as XML, of one channel or of many one after the other.

    name: Microsoft-Windows-DNS-Client/Operational
    enabled: false
    …
    logging:
      retention: false
      autoBackup: false
      maxSize: 1052672

Source: Microsoft, "wevtutil". `Get-WinEvent -ListLog` gives the same records, see `objects`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import IO, Final
from xml.etree import ElementTree as ET

from trackway.evidence.settings import LOG_CHANNELS
from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered
from trackway.formats.whole_text import whole_text

_SETTING: Final = re.compile(r"\s*(?P<name>\w+): ?(?P<value>.*)")
_START, _END = "<channel ", "</channel>"
_COLUMNS: Final = {
    "name": "LogName",
    "enabled": "Enabled",
    "maxSize": "MaxSize",
    "retention": "Retention",
    "autoBackup": "AutoBackup",
}


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the settings of each channel; see `formats.read`."""
    text = whole_text(stream, ledger)
    yield from gathered(_elements(text) if "<channel" in text else _listed(text), shapes, ledger)


def _listed(text: str) -> Iterator[Found]:
    """Yield channels; each begins with its name."""
    line, values = 0, dict[str, object]()
    for number, written in enumerate(text.split("\n"), 1):
        found = _SETTING.fullmatch(written.rstrip())
        if found is None:
            continue
        if found["name"] == "name" and not written[0].isspace():
            if values:
                yield LOG_CHANNELS, line, values
            line, values = number, {}
        if line and (column := _COLUMNS.get(found["name"])):
            values.setdefault(column, found["value"])
    if values:
        yield LOG_CHANNELS, line, values


def _elements(text: str) -> Iterator[Found]:
    """Yield channels; an element by itself cannot declare entities."""
    start = text.find(_START)
    line, before = 1, 0
    while start >= 0 and (end := text.find(_END, start)) >= 0:
        line, before = line + text.count("\n", before, start), start
        written = re.sub(r'\sxmlns="[^"]*"', "", text[start : end + len(_END)], count=1)
        try:
            channel = ET.fromstring(written)  # noqa: S314  no document type can stand in an element
            yield LOG_CHANNELS, line, _values(channel)
        except ET.ParseError as error:
            yield LOG_CHANNELS, line, f"no well-formed XML: {error}"
        start = text.find(_START, end)


def _values(channel: ET.Element) -> dict[str, object]:
    told = {name: channel.get(name) or channel.findtext(f".//{name}") for name in _COLUMNS}
    return {column: told[name] for name, column in _COLUMNS.items() if told[name]}
