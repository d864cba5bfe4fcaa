"""The System log and the Security log's own events: what a host says of itself.

Sources: Microsoft's manifests of Kernel-General, Kernel-Power, EventLog and DNS-Client. 1014 (name resolution
timed out) is on by default; 12, 13, 42 and 107 mark when the host was on; 1102 that the Security log was
cleared, 104 that another was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from trackway.lab.witness.dns_client import GUID as DNS_GUID
from trackway.lab.witness.dns_client import PROVIDER as DNS_PROVIDER
from trackway.lab.witness.record import (
    DNS_CLIENT,
    POWERSHELL,
    SECURITY,
    SYSMON,
    SYSTEM,
    Event,
    Record,
    fields,
)
from trackway.lab.world.facts import Fact, Lookup, Turn
from trackway.lab.world.internet import TIMEOUT
from trackway.lab.world.machine import Machine

_GENERAL = ("Microsoft-Windows-Kernel-General", UUID("a68ca8b7-004f-d7b6-a698-07e2de0f1f5d").bytes_le)
_POWER = ("Microsoft-Windows-Kernel-Power", UUID("331c3b3a-2005-44c2-ac5e-77220c37d6b4").bytes_le)
_EVENTLOG = ("Microsoft-Windows-Eventlog", UUID("fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148").bytes_le)


def _event(
    number: int, provider: tuple[str, bytes], text: str, channel: str = SYSTEM, user_data: str = ""
) -> Event:
    return Event(
        channel=channel, provider=provider[0], guid=provider[1], id=number, fields=fields(text), user_data=user_data,
        task=104 if user_data else 0,
    )  # fmt: skip


TIMED_OUT: Final = _event(1014, (DNS_PROVIDER, DNS_GUID), "QueryName AddressLength:u32 Address ClientPID:u32")
CLEARED: Final = _event(
    1102, _EVENTLOG, "SubjectUserSid:sid SubjectUserName SubjectDomainName SubjectLogonId:hex64", SECURITY,
    "LogFileCleared",
)  # fmt: skip
OTHER_CLEARED: Final = _event(
    104, _EVENTLOG, "SubjectUserName SubjectDomainName Channel BackupPath", user_data="LogFileCleared"
)
CHANNELS: Final = {"sysmon": SYSMON, "dns_client": DNS_CLIENT, "powershell": POWERSHELL}
"""Logs that somebody may clear, by their group of sources."""
TURNS: Final = {
    "boot": _event(12, _GENERAL, "MajorVersion:u32 MinorVersion:u32 BuildVersion:u32 StartTime:time"),
    "shutdown": _event(13, _GENERAL, "StopTime:time"),
    "sleep": _event(42, _POWER, "TargetState:u32 EffectiveState:u32 Reason:u32 Flags:u32"),
    "wake": _event(107, _POWER, "TargetState:u32"),
}


class System:
    """Writes when the host was on, which names could not be resolved in time, and which logs were cleared."""

    def __init__(self, machine: Machine) -> None:
        """Write of `machine`."""
        self._machine = machine

    def records(self, fact: Fact) -> Iterator[Record]:
        """Yield the records of one fact."""
        if isinstance(fact, Turn) and (event := TURNS.get(fact.kind)):
            yield Record(fact.time, event, 4, 8, "S-1-5-18", _values(fact), None)
        elif isinstance(fact, Turn) and fact.kind == "clear" and fact.text in CHANNELS:
            account = self._machine.person(0)
            values: tuple[object, ...] = (account.name, account.domain, CHANNELS[fact.text], "")
            yield Record(fact.time, OTHER_CLEARED, 1044, 2040, account.sid, values, None)
        elif isinstance(fact, Lookup) and fact.status == TIMEOUT:
            # SOCKADDR of the server: family 2, port 53
            address = (fact.server or "").split(".")
            server = "02000035" + "".join(f"{int(part):02X}" for part in address if part)
            values = (fact.name, 128, server.ljust(256, "0"), fact.process.pid)
            yield Record(fact.finished, TIMED_OUT, fact.resolver.pid, 12, "S-1-5-20", values, fact.key)


def _values(turn: Turn) -> tuple[object, ...]:
    return {"boot": (10, 0, 19044, turn.time), "shutdown": (turn.time,), "sleep": (4, 4, 0, 0)}.get(
        turn.kind, (4,)
    )


def cleared(time: int, machine: Machine) -> Record:
    """Return the record that a cleared Security log begins with."""
    account = machine.person(0)
    values = (account.sid, account.name, account.domain, account.logon_id)
    return Record(time, CLEARED, 1044, 2040, None, values, None)
