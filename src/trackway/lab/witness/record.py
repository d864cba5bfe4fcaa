"""What a source writes: records of event logs, before any file format."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, NamedTuple, cast

Type = Literal["text", "u8", "u16", "u32", "u64", "hex32", "hex64", "pointer", "guid", "sid", "flag", "time"]
"""How a field is kept in an event log: its type in BinXML ([MS-EVEN6], 2.2.12)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One kind of event: what its manifest says of it.

    Attributes:
        fields: names and types of EventData, in order; a name may be "" for unnamed data.
        guid: of the provider, 16 bytes; null for a classic provider.
    """

    channel: str
    provider: str
    guid: bytes | None
    id: int
    fields: tuple[tuple[str, Type], ...]
    version: int = 0
    level: int = 4
    task: int = 0
    opcode: int = 0
    keywords: int = 0x8000000000000000
    qualifiers: int | None = None
    user_data: str = ""
    """The element below UserData that holds the fields, for the few events that have no EventData."""
    name: str = ""
    """The kind of record as Trackway names it: `security_5156`."""
    names_process: bool = False
    """Whether a record names the process it is about, in a field or as the one that wrote it."""

    def __post_init__(self) -> None:
        """Name the kind after channel and number."""
        name = f"{_SHORT.get(self.channel, self.channel.lower())}_{self.id}"
        has_pid = any(field.lower() in _PID_FIELDS for field, _ in self.fields)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "names_process", has_pid or name in _BY_HEADER)


class Record(NamedTuple):
    """One record: when it was written, by which process, and its values in the order of the fields.

    A value is null where the record has none, else text, a whole number or the bytes of a GUID. `about`
    is what it tells of: the identifier of a fact in the truth, or null.
    """

    time: int
    event: Event
    pid: int
    thread: int
    user: str | None
    values: tuple[object, ...]
    about: str | None
    activity: bytes | None = None

    @property
    def kind(self) -> str:
        """Return the kind of record as Trackway names it."""
        return self.event.name

    @property
    def names_process(self) -> bool:
        """Return whether it names the process it is about."""
        return self.event.names_process


class Line(NamedTuple):
    """One line of a text log: when it was written, what kind of record it is, and its text."""

    time: int
    kind: str
    text: str
    about: str | None
    names_process: bool = True


class Silence(NamedTuple):
    """A record that a source that was on did not write, and why."""

    about: str | None
    kind: str
    reason: str


Item = Record | Line


SECURITY: Final = "Security"
SYSMON: Final = "Microsoft-Windows-Sysmon/Operational"
DNS_CLIENT: Final = "Microsoft-Windows-DNS-Client/Operational"
POWERSHELL: Final = "Microsoft-Windows-PowerShell/Operational"
CLASSIC_POWERSHELL: Final = "Windows PowerShell"
SYSTEM: Final = "System"
BITS: Final = "Microsoft-Windows-Bits-Client/Operational"

_PID_FIELDS: Final = frozenset({"processid", "clientpid", "newprocessid"})
_BY_HEADER: Final = frozenset({"dns_client_3006", "dns_client_3008", "powershell_4103", "powershell_4104"})
_SHORT: Final = {
    SECURITY: "security",
    SYSMON: "sysmon",
    DNS_CLIENT: "dns_client",
    POWERSHELL: "powershell",
    CLASSIC_POWERSHELL: "powershell",
    SYSTEM: "system",
    BITS: "bits",
}


_GROUPS: Final = {
    "security_468": "4688",
    "security_515": "5156",
    "sysmon_1": "sysmon",
    "sysmon_3": "sysmon",
    "sysmon_5": "sysmon",
    "sysmon_22": "sysmon",
    "dns_client_": "dns_client",
}


@cache
def group_of(kind: str) -> str:
    """Return the group of sources, as the policy names it, that turns a kind of record off; "" where none does."""
    if kind in ("sysmon_16", "sysmon_4"):  # written while Sysmon stops
        return ""
    return next((group for start, group in _GROUPS.items() if kind.startswith(start)), "")


def fields(text: str) -> tuple[tuple[str, Type], ...]:
    """Read `Name:type` words; a name alone is text."""
    words = (word.partition(":") for word in text.split())
    return tuple((name, cast("Type", kind or "text")) for name, _, kind in words)
