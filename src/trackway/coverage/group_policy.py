"""Files of a group policy: `audit.csv`, `Registry.pol`, and the text that LGPO.exe reads.

Layouts: Microsoft, "Registry Policy File Format" and [MS-GPREG] 2.2.1; [MS-GPAC]; "LGPO.exe - Local Group Policy
Object Utility".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Final

from trackway.coverage.advice import Size, Step

AUDIT: Final = "Machine/Microsoft/Windows NT/Audit/audit.csv"
REGISTRY: Final = "Machine/Registry.pol"

_SIGNATURE: Final = b"PReg"
_VERSION: Final = 1
_DWORD: Final = 4
_LOGS: Final = "SOFTWARE\\Policies\\Microsoft\\Windows\\EventLog"
_IN_POLICY: Final = frozenset({"Security"})
"""Logs whose size a group policy sets; of the others only wevtutil does."""

_WORDS: Final = {1: "Success", 2: "Failure", 3: "Success and Failure"}


def audit_csv(steps: Sequence[Step]) -> Iterator[str]:
    """Yield the lines of `audit.csv` for what is advised."""
    yield "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting,Setting Value"
    for step in steps:
        for line in step.means.audit if step.is_advised else ():
            yield f",System,{line.name},{line.guid.lower()},{_WORDS[line.setting]},,{line.setting}"


def values(steps: Sequence[Step], sizes: Sequence[Size]) -> list[tuple[str, str, int]]:
    """Return the values of the registry below HKLM for what is advised: key, name, number."""
    found = [value for step in steps if step.is_advised for value in step.means.registry]
    # a policy says how many kilobytes
    return found + [
        (f"{_LOGS}\\{each.log}", "MaxSize", each.size >> 10)
        for each in sizes
        if each.log in _IN_POLICY and each.is_larger
    ]


def lgpo(values: Sequence[tuple[str, str, int]]) -> Iterator[str]:
    """Yield the lines that LGPO.exe reads with /t."""
    yield "; LGPO.exe /t lgpo.txt; to undo: the same with DELETE in place of each DWORD"
    for key, name, number in values:
        yield from ("", "Computer", key, name, f"DWORD:{number}")


def registry_pol(values: Sequence[tuple[str, str, int]]) -> bytes:
    """Return a `Registry.pol` of numbers."""
    head = _SIGNATURE + struct.pack("<I", _VERSION)
    return head + b"".join(_value(key, name, number) for key, name, number in values)


def _value(key: str, name: str, number: int) -> bytes:
    """Return `[key;value;type;size;data]`: all in UTF-16, the texts closed by a zero."""
    texts = [f"{text}\0".encode("utf-16-le") for text in (key, name)]
    numbers = [struct.pack("<I", each) for each in (_DWORD, struct.calcsize("<I"), number)]
    inside = ";".encode("utf-16-le").join([*texts, *numbers])
    return "[".encode("utf-16-le") + inside + "]".encode("utf-16-le")
