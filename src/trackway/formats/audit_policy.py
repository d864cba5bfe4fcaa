"""The audit policy: `auditpol /get` as list or report (`/r`), `auditpol /backup`, audit.csv of a Group Policy.

    System audit policy
    Category/Subcategory                      Setting
    Object Access
      Filtering Platform Connection           No Auditing

Source: Microsoft, "auditpol get" and "auditpol backup"; printed lists in English and German. A report has the GUID
of each subcategory; a list has its name only, in the language of the host, and `audit_list` tells what its build shows.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import IO, Final

from trackway.evidence.settings import AUDIT_POLICY
from trackway.formats.audit_list import told_by_build, told_by_place
from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered
from trackway.formats.whole_text import whole_text

_GUID: Final = re.compile(r"\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")
_TARGET, _NAME, _SUBCATEGORY, _INCLUDED, _NUMBER = 1, 2, 3, 4, 6
_LEAST: Final = 5
# two blanks, a name, blanks up to the setting
_LISTED: Final = re.compile(r" {2}(?P<name>\S.*?) {2,}(?P<setting>\S.*)")
OTHER: Final = "other"
"""What a report has besides: options, and the policies of single accounts."""


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the setting of each subcategory; see `formats.read`."""
    lines = whole_text(stream, ledger).split("\n")
    found = _reported(lines) if any(_GUID.search(line) for line in lines) else _listed(lines)
    yield from gathered(found, shapes, ledger)


def _reported(lines: Sequence[str]) -> Iterator[Found]:
    """Yield the lines of a report; they hold no breaks, and one that is broken costs only itself."""
    for number, line in enumerate(lines, 1):
        found = next(csv.reader([line]), []) if line.strip() else []
        if len(found) >= _LEAST and _GUID.fullmatch(found[_SUBCATEGORY]):
            yield OTHER if _is_account(found[_TARGET]) else AUDIT_POLICY, number, _values(found)
        elif _GUID.search(line):
            yield AUDIT_POLICY, number, "a subcategory without its setting"
        elif len(found) >= _LEAST and number > 1:
            yield OTHER, number, {}


def _values(found: Sequence[str]) -> dict[str, object]:
    value = found[_NUMBER] if len(found) > _NUMBER else None
    return {
        "Subcategory": found[_SUBCATEGORY],
        "Name": found[_NAME],
        "Inclusion": found[_INCLUDED],
        "Number": value,
    }


def _is_account(target: str) -> bool:
    """True where a line is about one account, whose policy is added to that of the system."""
    return target.upper().startswith("S-1-") or "\\" in target


def _listed(lines: Sequence[str]) -> Iterator[Found]:
    """Yield the lines of a list, which are indented below the name of their category."""
    found = [_LISTED.fullmatch(line.rstrip()) for line in lines]
    numbers = told_by_build({row["setting"] for row in found if row})
    heads = [number for number, line in enumerate(lines) if line.strip() and not line.startswith("  ")]
    for start, end in pairwise([-1, *heads, len(lines)]):
        below = [number for number in range(start + 1, end) if lines[number].strip()]
        names = [row["name"] if (row := found[number]) else "" for number in below]
        places = told_by_place(names) or ("",) * len(names)
        for number, place in zip(below, places, strict=True):
            yield AUDIT_POLICY, number + 1, _of_list(found[number], place, numbers)


def _of_list(found: re.Match[str] | None, place: str, numbers: Mapping[str, int]) -> dict[str, object] | str:
    if found is None:
        return "a subcategory without its setting"
    return {
        "Name": found["name"],
        "Inclusion": found["setting"],
        "Place": place,
        "Number": numbers.get(found["setting"]),
    }
