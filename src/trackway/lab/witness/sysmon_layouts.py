"""Sysmon's events by schema: which fields there are.

Sources: recordings of Sysmon 6.03 (schema 3.30) and 10.4; the releases' notes of Sysinternals: names of rules came
with 8, the description of an image and queries with 10, accounts with 13.30.
"""

from __future__ import annotations

from functools import cache
from typing import Final
from uuid import UUID

from trackway.lab.witness.record import SYSMON, Event, fields

PROVIDER: Final = "Microsoft-Windows-Sysmon"
GUID: Final = UUID("5770385f-c22a-43e0-bf4c-06f5698ffbd9").bytes_le
ENDED: Final = 5
"""The event of an end."""


def _event(number: int, text: str, version: int = 5) -> Event:
    return Event(
        channel=SYSMON, provider=PROVIDER, guid=GUID, id=number, fields=fields(text), version=version,
        level=4, task=number,
    )  # fmt: skip


_HEAD = "RuleName UtcTime ProcessGuid:guid ProcessId:u32"
_LAYOUT: Final = {
    1: f"{_HEAD} Image FileVersion Description Product Company OriginalFileName CommandLine CurrentDirectory User "
    "LogonGuid:guid LogonId:hex64 TerminalSessionId:u32 IntegrityLevel Hashes ParentProcessGuid:guid "
    "ParentProcessId:u32 ParentImage ParentCommandLine ParentUser",
    3: f"{_HEAD} Image User Protocol Initiated:flag SourceIsIpv6:flag SourceIp SourceHostname SourcePort:u16 "
    "SourcePortName DestinationIsIpv6:flag DestinationIp DestinationHostname DestinationPort:u16 "
    "DestinationPortName",
    5: f"{_HEAD} Image User",
    22: f"{_HEAD} QueryName QueryStatus QueryResults Image User",
}
_WITHOUT: Final = {
    "3.30": {1: frozenset({"RuleName", "FileVersion", "Description", "Product", "Company", "OriginalFileName",
        "ParentUser"}), 3: frozenset({"RuleName"}), 5: frozenset({"RuleName", "User"}), 22: frozenset[str]()},
    "4.22": {1: frozenset({"ParentUser"}), 3: frozenset[str](), 5: frozenset({"User"}), 22: frozenset({"User"})},
    "4.90": dict.fromkeys(_LAYOUT, frozenset[str]()),
}  # fmt: skip
"""Fields that a schema does not have yet."""

VERSIONS: Final = {"3.30": "6.03", "4.22": "10.42", "4.90": "15.14"}
STATE: Final = _event(4, "UtcTime State Version SchemaVersion", 3)
CONFIGURED: Final = _event(16, "UtcTime Configuration ConfigurationFileHash", 3)


@cache
def layout(number: int, schema: str) -> tuple[Event, tuple[int, ...]]:
    """Return the layout of an event, and which of all values it takes."""
    missing, words = _WITHOUT[schema][number], _LAYOUT[number].split()
    taken = tuple(place for place, word in enumerate(words) if word.partition(":")[0] not in missing)
    return _event(number, " ".join(words[place] for place in taken), 3 if number == ENDED else 5), taken
