"""`netsh advfirewall show allprofiles` in any language: a profile is a heading over dashes, its log the last lines.

    Public Profile Settings:
    ----------------------------------------------------------------------
    …
    LogAllowedConnections                 Disable
    LogDroppedConnections                 Disable
    FileName                              %systemroot%\\system32\\LogFiles\\Firewall\\pfirewall.log
    MaxFileSize                           4096

The three profiles stand in one order, and of the two words for on and off one is often the other with something in
front (`Activer`, `Désactiver`): what denies is the longer one.

Source: Microsoft, "netsh advfirewall show"; printed settings in English, French and Chinese, where these four names are
the same, and so are those of the three switches above them. `Get-NetFirewallProfile` gives the same records, see
`objects`.
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
_SWITCHES: Final = slice(-7, -2)
"""The settings that are on or off: notification, remote management, multicast, and two of the log."""

_ORDER: Final = ("domain", "private", "public")
_WORDS: Final = 3


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the logging of each profile; see `formats.read`."""
    yield from gathered(_profiles(whole_text(stream, ledger).split("\n")), shapes, ledger)


def _profiles(lines: Sequence[str]) -> Iterator[Found]:
    rules = [number for number, line in enumerate(lines) if number and _RULE.fullmatch(line)]
    spans = list(pairwise([*rules, len(lines) + 1]))
    headings = [lines[start - 1].strip().rstrip(" :") for start, _ in spans]
    values = [_values(lines[start + 1 : end - 1]) for start, end in spans]
    words = _switches([word for each in values for word in each[_SWITCHES] if not word.isdecimal()])
    ordered = len(set(headings)) == len(headings) == len(_ORDER)
    for place, ((start, _), heading, found) in enumerate(zip(spans, headings, values, strict=True)):
        known = [words.get(value.casefold(), value) for value in found[-len(_LOGGING) :]]
        if len(known) < len(_LOGGING) or not known[-1].isdecimal():
            yield FIREWALL_SETTINGS, start, "a profile without the settings of its log"
            continue
        told = {"Profile": heading, "Place": _ORDER[place] if ordered else None}
        yield FIREWALL_SETTINGS, start, {**told, **dict(zip(_LOGGING, known, strict=True))}


def _values(lines: Sequence[str]) -> list[str]:
    return [found["value"] for found in map(_SETTING.fullmatch, map(str.rstrip, lines)) if found]


def _switches(words: Sequence[str]) -> dict[str, str]:
    """Return the English words for on and off where the build of the words tells which is which, and nothing else."""
    folded = {word.casefold() for word in words}
    pairs = [(on, off) for on in folded for off in folded if on != off and off.endswith(on)]
    if len(folded) > _WORDS or len(pairs) != 1:
        return {}
    (on, off) = pairs[0]
    return {on: "enable", off: "disable"}
