"""The Security log: 4688 and 4689, 5154 to 5158; `audit` writes the rest of it.

Sources: Microsoft, "event 4688", "event 5156", "Audit Filtering Platform Connection"; recordings, counted
in `docs/lab.md`. The layout of a record hangs on the build; 5156 is written at the moment the connection is
authorised, 5158 a few hundred microseconds before.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final
from uuid import UUID

from trackway.lab.policy import Policy
from trackway.lab.witness.record import SECURITY, Event, Record, fields
from trackway.lab.world.facts import Account, Connection, Ended, Fact, Process, Started
from trackway.lab.world.machine import Machine

PROVIDER: Final = "Microsoft-Windows-Security-Auditing"
GUID: Final = UUID("54849625-5478-4994-a5ba-3e3b0328c30d").bytes_le
SUCCESS, FAILURE = 0x8020000000000000, 0x8010000000000000
NOBODY: Final = "S-1-0-0"
INBOUND, OUTBOUND = "%%14592", "%%14593"
ASSIGN, LISTEN, ACCEPT, CONNECT = "%%14608", "%%14609", "%%14610", "%%14611"
LAYERS: Final = {ASSIGN: (36, 38), LISTEN: (40, 42), ACCEPT: (44, 46), CONNECT: (48, 50)}
"""Run-time identifier of each layer, for IPv4 and IPv6."""

_FIRST_WITH_ORIGIN, FIRST_WITH_PARENT, FIRST_WITH_REMOTE_USER = 20348, 10000, 9200
_FILTER = "FilterRTID:u64 LayerName LayerRTID:u64"


def event(number: int, text: str, version: int = 0, task: int = 12810, keywords: int = SUCCESS) -> Event:
    """Return a kind of event of the Security log."""
    return Event(
        channel=SECURITY, provider=PROVIDER, guid=GUID, id=number, fields=fields(text), version=version,
        level=0, task=task, keywords=keywords,
    )  # fmt: skip


SUBJECT = "SubjectUserSid:sid SubjectUserName SubjectDomainName SubjectLogonId:hex64"
_CREATED = f"{SUBJECT} NewProcessId:pointer NewProcessName TokenElevationType ProcessId:pointer"
_FLOW = "Application Direction SourceAddress SourcePort DestAddress DestPort Protocol:u32"
EXITED: Final = event(4689, f"{SUBJECT} Status:hex32 ProcessId:pointer ProcessName", task=13313)
BOUND: Final = event(5158, f"ProcessId:u64 Application SourceAddress SourcePort Protocol:u32 {_FILTER}")
LISTENS: Final = event(5154, f"ProcessId:u64 Application SourceAddress SourcePort Protocol:u32 {_FILTER}")


@cache
def created(build: int, *, command_lines: bool = True) -> Event:
    """Return the layout of 4688: without parent before Windows 10, and before an update without command line."""
    if build < FIRST_WITH_PARENT:
        return event(
            4688, f"{_CREATED} CommandLine" if command_lines else _CREATED, int(command_lines), 13312
        )
    more = "TargetUserSid:sid TargetUserName TargetDomainName TargetLogonId:hex64 ParentProcessName MandatoryLabel:sid"
    return event(4688, f"{_CREATED} CommandLine {more}", 2, 13312)


@cache
def permitted(build: int) -> Event:
    """Return the layout of 5156: without remote user on Windows 7, from build 20348 on with two fields more."""
    return _flow(5156, build, SUCCESS)


@cache
def refused(build: int) -> Event:
    """Return the layout of 5157."""
    return _flow(5157, build, FAILURE)


def _flow(number: int, build: int, keywords: int) -> Event:
    origin = "InterfaceIndex:u32 FilterOrigin " if build >= _FIRST_WITH_ORIGIN else ""
    remote = "RemoteUserID:sid RemoteMachineID:sid" if build >= FIRST_WITH_REMOTE_USER else ""
    text = f"ProcessID:u64 {_FLOW} {origin}{_FILTER} {remote}"
    return event(number, text, int(bool(remote)), keywords=keywords)


class Security:
    """Writes what the audit policy asks for."""

    def __init__(self, machine: Machine, policy: Policy) -> None:
        """Audit process creation (with command lines) and the Filtering Platform, or not."""
        self._machine = machine
        self._command_lines = policy.command_lines
        self._local_first = policy.local_source or machine.build < FIRST_WITH_PARENT
        self._processes, self._filtering = "4688" in policy.sources, "5156" in policy.sources
        self._created, self._permitted, self._refused = (
            created(machine.build, command_lines=policy.command_lines), permitted(machine.build), refused(machine.build)
        )  # fmt: skip

    def records(self, fact: Fact) -> Iterator[Record]:
        """Yield the records of one fact."""
        if isinstance(fact, Connection):
            if self._filtering:
                yield from self._flow(fact)
        elif isinstance(fact, Started):
            if self._processes:
                yield self._start(fact.process)
        elif isinstance(fact, Ended) and self._processes:
            yield self._end(fact.process)

    def _start(self, process: Process) -> Record:
        parent, line = process.parent, process.command_line if self._command_lines else ""
        creator = parent.account if parent else process.account
        values: tuple[object, ...] = (
            *subject(creator), process.pid, process.image.path, "%%1936", parent.pid if parent else 0, line,
        )  # fmt: skip
        values = values[: len(self._created.fields)]
        if len(self._created.fields) > len(values):
            other = process.account if process.account.sid != creator.sid else None
            target = (
                (NOBODY, "-", "-", 0) if other is None else (NOBODY, other.name, other.domain, other.logon_id)
            )
            values += (*target, parent.image.path if parent else "-", process.account.integrity)
        return self._record(process.started, self._created, values, process.key)

    def _end(self, process: Process) -> Record:
        values = (*subject(process.account), 0, process.pid, process.image.path)
        return self._record(process.ended or process.started, EXITED, values, process.key)

    def _flow(self, c: Connection) -> Iterator[Record]:
        process, six = c.process, ":" in c.local_address
        image = application(process, self._machine)
        if c.binds and c.outbound:
            any_address = "::" if six else "0.0.0.0"  # noqa: S104  as the record shows it
            bound = (
                process.pid,
                image,
                any_address,
                str(c.local_port),
                c.protocol,
                0,
                ASSIGN,
                LAYERS[ASSIGN][six],
            )
            yield self._record(c.time - 180, BOUND, bound, c.key)
        layer = CONNECT if c.outbound else ACCEPT
        mine, other = (c.local_address, str(c.local_port)), (c.remote_address, str(c.remote_port))
        first, second = (mine, other) if c.outbound or self._local_first else (other, mine)
        direction = OUTBOUND if c.outbound else INBOUND
        origin: tuple[object, ...] = (12, "Unknown") if self._machine.build >= _FIRST_WITH_ORIGIN else ()
        values = (
            process.pid, image, direction, *first, *second, c.protocol, *origin,
            self._filter(c), layer, LAYERS[layer][six], NOBODY, NOBODY,
        )[: len(self._permitted.fields)]  # fmt: skip
        yield self._record(c.time, self._refused if c.blocked else self._permitted, values, c.key)

    def _filter(self, c: Connection) -> int:
        return 0 if self._machine.build < FIRST_WITH_REMOTE_USER else 70_000 + c.protocol

    def _record(self, time: int, event: Event, values: tuple[object, ...], about: str) -> Record:
        return Record(time, event, 4, 1108, None, values, about)


def subject(account: Account) -> tuple[object, ...]:
    """Return the fields that name an account as the one who acts."""
    return account.sid, account.name, account.domain, account.logon_id


def application(process: Process, machine: Machine) -> str:
    """Return the image as the Filtering Platform writes it: by device, in lower case."""
    found = process.cache.get("application")
    if not isinstance(found, str):
        path = process.image.path
        found = f"\\device\\harddiskvolume{machine.volume}{path[2:].lower()}" if path[1:2] == ":" else path
        process.cache["application"] = found
    return found
