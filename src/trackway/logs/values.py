"""Values of events compared with literals as Windows compares them.

Source: MS-EVEN6, 2.2.15.2. What a literal looks like decides what it is compared as: a number with numbers,
exactly and also where the event writes it in hexadecimal; a time, a GUID and a SID with their kind, and with
nothing else; any other text letter by letter. An order is one of numbers or of times.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from typing import Any, Final

from trackway.formats.whole import ticks
from trackway.logs.syntax import Number, Text

Compared = int | float | str
Test = Callable[[str], bool]

OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_DECIMAL: Final = re.compile(r"\s*(-?)([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*")
_HEXADECIMAL: Final = re.compile(r"\s*0[xX]([0-9A-Fa-f]{1,32})\s*")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z", re.ASCII)
_GUID: Final = re.compile(r"\{([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}")
_SID: Final = re.compile(r"[sS]-1-\d+(?:-\d+)*", re.ASCII)
_LONGEST: Final = 400  # digits; a longer number is no field of an event


def test(sign: str, literal: Text | Number) -> Test:
    """Return what says whether a value stands in this relation to the literal."""
    compare = OPERATORS[sign]
    if isinstance(literal, Number):
        return lambda value: compare(number(value), literal.value)
    for kind in (_time, _guid, _sid):
        if (wanted := kind(literal.value)) is not None:
            return _of_kind(kind, compare, wanted)
    if sign not in {"=", "!="}:
        return lambda value: compare(number(value), number(literal.value))
    if _HEXADECIMAL.fullmatch(literal.value):
        return _hexadecimal(compare, literal.value)
    return lambda value: compare(value, literal.value)


def number(text: str) -> int | float:
    """Return the number that a text is, whole ones exactly, or NaN, which equals nothing."""
    if found := _HEXADECIMAL.fullmatch(text):
        return int(found[1], 16)
    found = _DECIMAL.fullmatch(text) if len(text) < _LONGEST else None
    if not found:
        return math.nan
    return float(found[1] + found[2]) if "." in found[2] else int(found[1] + found[2])


def moment(text: str) -> int | None:
    """Return the ticks of a time, null where the text is none."""
    found = ticks.moment(text)
    return found.ticks if found else None


def bits(text: str) -> int | None:
    """Return 64 bits, null where the text is no whole number."""
    found = number(text)
    return found & (1 << 64) - 1 if isinstance(found, int) else None


def is_typed(text: str) -> bool:
    """True for a literal that is compared by what it means, not letter by letter."""
    kinds = (_time(text), _guid(text), _sid(text), _HEXADECIMAL.fullmatch(text))
    return any(kind is not None for kind in kinds)


def _of_kind(
    kind: Callable[[str], Compared | None], compare: Callable[[Compared, Compared], bool], wanted: Compared
) -> Test:
    """Compare within a kind; what is not of it stands in no relation, not even in !=."""

    def is_so(value: str) -> bool:
        found = kind(value)
        return found is not None and compare(found, wanted)

    return is_so


def _hexadecimal(compare: Callable[[Compared, Compared], bool], literal: str) -> Test:
    wanted = number(literal)

    def is_so(value: str) -> bool:
        found = number(value)
        return compare(value, literal) if math.isnan(found) else compare(found, wanted)

    return is_so


def _time(text: str) -> int | None:
    return moment(text) if _TIME.fullmatch(text) else None


def _guid(text: str) -> str | None:
    found = _GUID.fullmatch(text)
    return found[1].lower() if found else None


def _sid(text: str) -> str | None:
    return text.upper() if _SID.fullmatch(text) else None
