"""The rest of the Security log: who logged on and off (4624, 4634), and that the audit policy was changed (4719).

Sources: Microsoft, "event 4624", "event 4634", "event 4719"; recordings. All three are on by default, and 4719 is
written whatever the policy says. The header of a logon names lsass.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final
from uuid import UUID

from trackway.lab.policy import Policy
from trackway.lab.witness.record import Event, Record
from trackway.lab.witness.security import (
    FIRST_WITH_PARENT,
    FIRST_WITH_REMOTE_USER,
    NOBODY,
    SUBJECT,
    event,
    subject,
)
from trackway.lab.world.facts import Account, Fact, Logon, Started, Turn
from trackway.lab.world.machine import Machine

_TARGET: Final = "TargetUserSid:sid TargetUserName TargetDomainName TargetLogonId:hex64 LogonType:u32"
_LOGGED_ON: Final = (
    f"{SUBJECT} {_TARGET} LogonProcessName AuthenticationPackageName WorkstationName LogonGuid:guid "
    "TransmittedServices LmPackageName KeyLength:u32 ProcessId:pointer ProcessName IpAddress IpPort"
)
_MORE: Final = (
    "RestrictedAdminMode TargetOutboundUserName TargetOutboundDomainName VirtualAccount TargetLinkedLogonId:hex64 "
    "ElevatedToken"
)
LOGGED_OFF: Final = event(4634, _TARGET, task=12545)
POLICY: Final = event(
    4719, f"{SUBJECT} CategoryId SubcategoryId SubcategoryGuid:guid AuditPolicyChanges", task=13568
)
_SUBCATEGORIES: Final = {
    "4688": (("%%8276", "%%13312", "0cce922b"), ("%%8276", "%%13313", "0cce922c")),
    "5156": (("%%8274", "%%12810", "0cce9226"),),
}
"""Category, subcategory and the start of its GUID, by the group of sources."""

_CHANGES: Final = {"on": "%%8449, %%8451", "off": "%%8448, %%8450"}
"""Success and failure: added, removed."""

_BY_NETWORK: Final = 3


@cache
def logged_on(build: int) -> Event:
    """Return the layout of 4624: Windows 8 adds what the account may do, Windows 10 more of it."""
    if build < FIRST_WITH_REMOTE_USER:
        return event(4624, _LOGGED_ON, 0, 12544)
    if build < FIRST_WITH_PARENT:
        return event(4624, f"{_LOGGED_ON} ImpersonationLevel", 1, 12544)
    return event(4624, f"{_LOGGED_ON} ImpersonationLevel {_MORE}", 2, 12544)


class Audit:
    """Writes what is audited unless somebody turns it off."""

    def __init__(self, machine: Machine, policy: Policy) -> None:
        """Write in the layout of `machine`."""
        self._machine, self._lsass = machine, 0
        self._logons, self._logged_on = "logon" in policy.sources, logged_on(machine.build)

    def records(self, fact: Fact) -> Iterator[Record]:
        """Yield the records of one fact."""
        if isinstance(fact, Started):
            if fact.process.image.path.endswith("lsass.exe"):
                self._lsass = fact.process.pid
        elif isinstance(fact, Turn):
            yield from self._policy(fact)
        elif isinstance(fact, Logon) and self._logons:
            yield self._end(fact) if fact.is_end else self._begin(fact)

    def _policy(self, turn: Turn) -> Iterator[Record]:
        if turn.kind in _CHANGES:
            for category, subcategory, start in _SUBCATEGORIES.get(turn.text, ()):
                guid = UUID(f"{start}-69ae-11d9-bed3-505054503030").bytes_le
                who = subject(self._machine.system())
                values = (*who, category, subcategory, guid, _CHANGES[turn.kind])
                yield Record(turn.time, POLICY, self._lsass, 1160, None, values, None)

    def _begin(self, logon: Logon) -> Record:
        process, by_network = logon.process, logon.kind == _BY_NETWORK
        creator = (NOBODY, "-", "-", 0) if by_network else subject(self._machine.system())
        manner = ("Kerberos", "Kerberos", "-") if by_network else ("User32 ", "Negotiate", self._machine.name)
        values: tuple[object, ...] = (
            *creator, *_target(logon.account), logon.kind, *manner, bytes(16), "-", "-", 0,
            process.pid if process else 0, process.image.path if process else "-",
            logon.address or "-", str(logon.port) if logon.address else "-",
            "%%1833", "-", "-", "-", "%%1843", 0, "%%1843",
        )  # fmt: skip
        fitting = values[: len(self._logged_on.fields)]
        return Record(logon.time, self._logged_on, self._lsass, 1160, None, fitting, None)

    def _end(self, logon: Logon) -> Record:
        values = (*_target(logon.account), logon.kind)
        return Record(logon.time, LOGGED_OFF, self._lsass, 1160, None, values, None)


def _target(account: Account) -> tuple[object, ...]:
    return account.sid, account.name, account.domain, account.logon_id
