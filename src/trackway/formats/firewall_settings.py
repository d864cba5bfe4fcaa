"""`netsh advfirewall show allprofiles` in any language: a profile is a heading over dashes, its log the last lines.

    Public Profile Settings:
    ----------------------------------------------------------------------
    …
    LogAllowedConnections                 Disable
    LogDroppedConnections                 Disable
    FileName                              %systemroot%\\system32\\LogFiles\\Firewall\\pfirewall.log
    MaxFileSize                           4096

Source: Microsoft, "netsh advfirewall show"; printed settings in English, and in Chinese, where these four names are the
same. `Get-NetFirewallProfile` gives the same records, see `objects`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import IO, Final

from trackway.evidence.settings import FIREWALL_SETTINGS
from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered
from trackway.formats.whole_text import whole_text

_RULE: Final = re.compile(r"-{20,}\s*")
_SETTING: Final = re.compile(r"(?P<name>\S+) {2,}(?P<value>\S.*)")
_LOGGING: Final = ("Allowed", "Dropped", "Path", "MaxSize")


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the logging of each profile; see `formats.read`."""
    yield from gathered(_profiles(whole_text(stream, ledger).split("\n")), shapes, ledger)


def _profiles(lines: Sequence[str]) -> Iterator[Found]:
    rules = [number for number, line in enumerate(lines) if number and _RULE.fullmatch(line)]
    for start, end in pairwise([*rules, len(lines) + 1]):
        yield _profile(lines[start - 1].strip().rstrip(":"), start, lines[start + 1 : end - 1])


def _profile(heading: str, line: int, lines: Sequence[str]) -> Found:
    settings = [found["value"] for found in map(_SETTING.fullmatch, map(str.rstrip, lines)) if found]
    values = settings[-len(_LOGGING) :]
    if len(values) < len(_LOGGING) or not values[-1].isdecimal():
        return FIREWALL_SETTINGS, line, "a profile without the settings of its log"
    return FIREWALL_SETTINGS, line, {"Profile": heading, **dict(zip(_LOGGING, values, strict=True))}
