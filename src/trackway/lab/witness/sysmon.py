"""Sysmon: events 1, 3, 5 and 22; 4 and 16 of itself.

Sources: Sysinternals, "Sysmon"; recordings, counted in `docs/lab.md`. UtcTime of 3 and 22 runs by another
clock than that of 1 and 5, and their records are written a second or so later. A process that has ended
when Sysmon looks is `<unknown process>`. Sysmon 6 wrote neither rules nor queries, and identified a process by its
token; Sysmon 15 writes accounts. Names are looked up from Windows 8.1 on.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Final

from trackway.lab.policy import Policy
from trackway.lab.witness.record import Event, Record, Silence
from trackway.lab.witness.sysmon_filter import SysmonFilter
from trackway.lab.witness.sysmon_layouts import CONFIGURED, ENDED, STATE, VERSIONS, layout
from trackway.lab.world.dice import Dice
from trackway.lab.world.facts import (
    TCP,
    UDP,
    Account,
    Connection,
    Ended,
    Fact,
    Lookup,
    Process,
    Started,
    Turn,
)
from trackway.lab.world.machine import Machine
from trackway.lab.world.schedule import SECOND

NO_GUID: Final = bytes(16)
UNKNOWN: Final = "<unknown process>"
SERVICE: Final = "S-1-5-18"
QUERIED, CONNECTED = "sysmon_22", "sysmon_3"
_FIRST_WITH_QUERIES: Final = 9600
_EXCLUDED = "excluded"
_PROTOCOLS: Final = {TCP: "tcp", UDP: "udp"}
_PORT_NAMES: Final = {
    80: "http",
    443: "https",
    53: "domain",
    445: "microsoft-ds",
    88: "kerberos",
    389: "ldap",
}
_SORTS: Final = {1: "ProcessCreate", 3: "NetworkConnect", 5: "ProcessTerminate", 22: "DnsQuery"}
_INTEGRITY: Final = {
    "S-1-16-4096": "Low",
    "S-1-16-8192": "Medium",
    "S-1-16-12288": "High",
    "S-1-16-16384": "System",
}


class Sysmon:
    """Writes what its configuration includes."""

    def __init__(self, machine: Machine, policy: Policy) -> None:
        """Write by the configuration and with the clock that `policy` gives it."""
        self._machine, self._dice = machine, Dice("sysmon", machine.name)
        self._lag, self._jitter = int(policy.sysmon_lag * SECOND), policy.sysmon_jitter
        self._unknown, self._schema = policy.unknown, policy.sysmon_schema
        self._is_old = self._schema == "3.30"
        self._nothing = "" if self._is_old else "-"
        self._asks = not self._is_old and machine.build >= _FIRST_WITH_QUERIES
        self._excluded = frozenset(name.lower() for name in policy.sysmon_excludes)
        self._filter = SysmonFilter(policy.sysmon_configuration) if policy.sysmon_configuration else None

    def records(self, fact: Fact) -> Iterator[Record | Silence]:
        """Yield the records of one fact that the configuration lets through, and its silence of the others."""
        for found in self._records(fact):
            yield found if isinstance(found, Silence) or self._lets_through(found) else _silence(found)

    def _lets_through(self, record: Record) -> bool:
        names = (name for name, _ in record.event.fields)
        values = {name: _plain(value) for name, value in zip(names, record.values, strict=True)}
        sort = _SORTS.get(record.event.id)
        return self._filter is None or sort is None or self._filter.writes(sort, values)

    def _records(self, fact: Fact) -> Iterator[Record | Silence]:
        if isinstance(fact, Connection):
            if fact.established and fact.protocol in _PROTOCOLS:
                includes = self._includes(fact.process)
                yield self._connection(fact) if includes else Silence(fact.key, CONNECTED, _EXCLUDED)
        elif isinstance(fact, Lookup):
            if self._asks:
                includes = self._includes(fact.process)
                yield self._query(fact) if includes else Silence(fact.key, QUERIED, _EXCLUDED)
        elif isinstance(fact, Started):
            yield self._start(fact.process)
        elif isinstance(fact, Ended):
            yield self._end(fact.process)
        elif isinstance(fact, Turn):
            yield from self._itself(fact)

    def _itself(self, turn: Turn) -> Iterator[Record]:
        """Yield what Sysmon writes of its service and of its configuration."""
        state = {"on": "Started", "off": "Stopped", "boot": "Started"}.get(turn.kind)
        if state and turn.text == ("" if turn.kind == "boot" else "sysmon"):
            yield self._told(turn, STATE, state, VERSIONS[self._schema], self._schema)
        elif turn.kind == "configure":
            self._excluded = frozenset(turn.text.lower().split(","))
            digest = hashlib.sha256(turn.text.encode()).hexdigest().upper()
            yield self._told(turn, CONFIGURED, "C:\\ProgramData\\c.xml", f"SHA256={digest}")

    def _told(self, turn: Turn, event: Event, *values: str) -> Record:
        return Record(turn.time, event, 2884, 3920, SERVICE, (utc_text(turn.time), *values), None)

    def _includes(self, process: Process) -> bool:
        return not self._excluded or process.image.path.lower().rpartition("\\")[2] not in self._excluded

    def _start(self, process: Process) -> Record:
        parent, image = process.parent, process.image
        file = image.path.rpartition("\\")[2]
        values = (
            "-", utc_text(process.started), self.guid(process), process.pid, image.path, "10.0.19041.1",
            image.description, "Operating System", image.company, file, process.command_line,
            "C:\\Windows\\system32\\", user(process.account), self._logon(process.account), process.account.logon_id,
            process.account.session, _INTEGRITY[process.account.integrity], _hashes(image.path),
            self.guid(parent) if parent else NO_GUID, parent.pid if parent else 0,
            parent.image.path if parent else "-", parent.command_line if parent else "-",
            user(parent.account) if parent else "-",
        )  # fmt: skip
        return self._record(process.started + 4000, 1, values, process.key)

    def _end(self, process: Process) -> Record:
        ended = process.ended or process.started
        who = user(process.account)
        values = ("-", utc_text(ended), self.guid(process), process.pid, process.image.path, who)
        return self._record(ended + 4000, ENDED, values, process.key)

    def _connection(self, c: Connection) -> Record:
        process, time, nothing = c.process, self._stated(c.time), self._nothing
        guid, image, account = self._identity(process)
        first, second = (c.local_address, c.local_port), (c.remote_address, c.remote_port)
        if not c.outbound:
            first, second = second, first
        values = (
            "-", utc_text(time), guid, process.pid, image, account, _PROTOCOLS[c.protocol], c.outbound,
            ":" in first[0], _long(first[0]), nothing, first[1], _PORT_NAMES.get(first[1], nothing),
            ":" in second[0], _long(second[0]), nothing, second[1], _PORT_NAMES.get(second[1], nothing),
        )  # fmt: skip
        return self._record(self._written(c.time), 3, values, c.key)

    def _query(self, lookup: Lookup) -> Record:
        guid, image, who = self._identity(lookup.process)
        results = "".join(f"type:  5 {name};" for name in lookup.cnames)
        results += "".join(f"{mapped(address)};" for address in lookup.addresses)
        time = utc_text(self._stated(lookup.finished))
        values = (
            "-", time, guid, lookup.process.pid, lookup.name, str(lookup.status), results or "-", image, who,
        )  # fmt: skip
        return self._record(self._written(lookup.finished), 22, values, lookup.key)

    def _stated(self, time: int) -> int:
        return time - self._lag + int(self._dice.between(-self._jitter, self._jitter) * SECOND)

    def _written(self, time: int) -> int:
        return time + int(max(self._dice.spread(1.1, 1.15), 0.97) * SECOND)

    def _identity(self, process: Process) -> tuple[bytes, str, str]:
        """Return GUID, image and user; a short-lived process has gone when Sysmon looks."""
        if self._dice.chance(self._unknown):
            return NO_GUID, UNKNOWN, "-"
        return self.guid(process), process.image.path, user(process.account)

    def guid(self, process: Process) -> bytes:
        """Return Sysmon's identifier: machine, start in seconds, boot and number of the process."""
        found = process.cache.get("guid")
        if not isinstance(found, bytes):
            machine, key = int(self._machine.guid, 16), process.boot << 48 | process.number
            if self._is_old:  # the LUID of the token, and a mark
                key = (process.boot << 20 | process.number << 6) << 32 | 1 << 28
            found = struct.pack("<IIQ", machine, process.started // SECOND, key)
            process.cache["guid"] = found
        return found

    def _logon(self, account: Account) -> bytes:
        return struct.pack("<IIQ", int(self._machine.guid, 16), 0, account.logon_id)

    def _record(self, time: int, number: int, values: tuple[object, ...], about: str) -> Record:
        event, taken = layout(number, self._schema)
        if len(taken) < len(values):
            values = tuple([values[place] for place in taken])
        return Record(time, event, 2884, 3920, SERVICE, values, about)


def _silence(record: Record) -> Silence:
    return Silence(record.about, record.kind, _EXCLUDED)


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def user(account: Account) -> str:
    """Return the account as Sysmon writes it."""
    return "NT AUTHORITY\\SYSTEM" if account.sid == "S-1-5-18" else account.text


def utc_text(time: int) -> str:
    """Return a moment as UtcTime: `2021-11-27 03:17:39.123`."""
    second, micro = divmod(time, SECOND)
    return f"{_second_text(second)}.{micro // 1000:03d}"


@lru_cache(maxsize=4096)
def _second_text(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S")


def mapped(address: str) -> str:
    """Return an address as a dual-stack look-up gives it: IPv4 as ::ffff:a.b.c.d."""
    return address if ":" in address else f"::ffff:{address}"


@lru_cache(maxsize=4096)
def _long(address: str) -> str:
    """Return an address as Sysmon writes it: IPv6 without abbreviation."""
    if ":" not in address:
        return address
    return ":".join(f"{int(part, 16):x}" for part in IPv6Address(address).exploded.split(":"))


@lru_cache(maxsize=4096)
def _hashes(path: str) -> str:
    digest = hashlib.sha256(path.encode()).hexdigest().upper()
    return f"SHA1={digest[:40]},MD5={digest[:32]},SHA256={digest},IMPHASH={digest[32:]}"
