"""What happens on a host, as the truth has it. Times are microseconds since 1970, UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

TCP, UDP = 6, 17


class Account(NamedTuple):
    """Who a process runs as."""

    sid: str
    domain: str
    name: str
    logon_id: int
    integrity: str  # SID of the mandatory label, S-1-16-…
    session: int

    @property
    def text(self) -> str:
        """Return DOMAIN\\name."""
        return f"{self.domain}\\{self.name}"


class Image(NamedTuple):
    """A program on disk."""

    path: str  # with drive letter
    description: str = "-"
    company: str = "Microsoft Corporation"


@dataclass(slots=True, eq=False)
class Process:
    """One process instance.

    Attributes:
        key: identifier in the truth.
        number: how many processes the host had started since its boot.
        boot: how many times the host had booted.
        attack: the part of an attack it plays; null for ordinary work.
    """

    key: str
    pid: int
    parent: Process | None
    image: Image
    command_line: str
    account: Account
    started: int
    number: int
    boot: int
    ended: int | None = None
    attack: str | None = None
    cache: dict[str, object] = field(default_factory=dict)
    """What witnesses work out once for each process."""


class Site(NamedTuple):
    """What the name system answers for a name."""

    name: str
    addresses: tuple[str, ...] = ()
    ttl: int = 300
    cnames: tuple[str, ...] = ()
    addresses6: tuple[str, ...] = ()
    status: int = 0


class Lookup(NamedTuple):
    """One name resolution by way of the resolver service."""

    key: str
    process: Process
    name: str
    time: int  # the caller asks
    finished: int  # the caller has its answer
    status: int
    cnames: tuple[str, ...]
    addresses: tuple[str, ...]
    answered_from: str  # wire, cache or hosts
    server: str | None
    sent: tuple[int, ...]  # queries on the wire
    received: int | None
    query_types: tuple[int, ...]
    ttl: int
    resolver: Process  # the svchost that holds Dnscache
    attack: str | None


class Connection(NamedTuple):
    """One connection, or the attempt at one, as one of its ends on this host sees it."""

    key: str
    process: Process
    time: int
    outbound: bool
    protocol: int
    local_address: str
    local_port: int
    remote_address: str
    remote_port: int
    lookup: Lookup | None
    name: str | None  # what the program wanted to reach, also where the resolver was not asked
    via: str  # how the program came by the address: resolver, doh, proxy, literal, none
    blocked: bool
    established: bool
    binds: bool  # a socket of its own is bound first
    requester: Process | None  # the process a service acts for
    size: int
    ended: int
    attack: str | None


class Script(NamedTuple):
    """PowerShell: a block compiled, a pipeline run or an engine started."""

    key: str
    process: Process
    time: int
    kind: str  # block, pipeline or engine
    text: str
    command: str = ""


class Started(NamedTuple):
    """A process started."""

    process: Process


class Ended(NamedTuple):
    """A process ended."""

    process: Process


class Logon(NamedTuple):
    """Somebody logged on, or off where `is_end`."""

    time: int
    account: Account
    kind: int  # 2 at the console, 3 by the network, 10 by remote desktop
    process: Process | None  # the program of this host that logged the account on
    address: str | None = None  # of the other host
    port: int = 0
    is_end: bool = False


class Turn(NamedTuple):
    """The host booted, woke, went to sleep or shut down, its network changed, or what it keeps."""

    time: int
    kind: str  # boot, shutdown, sleep, wake, address; clear, off, on, configure
    text: str = ""  # the address; the group of sources, as the policy names it


class Request(NamedTuple):
    """What a web proxy saw of one request."""

    time: int
    connection: Connection
    method: str
    url: str
    size: int


class Job(NamedTuple):
    """A transfer that BITS does for a process."""

    key: str
    owner: Process
    service: Process
    time: int
    ended: int
    name: str
    url: str
    path: str
    size: int


Fact = Started | Ended | Lookup | Connection | Script | Turn | Request | Job | Logon
