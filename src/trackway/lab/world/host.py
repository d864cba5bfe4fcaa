"""A host at work: processes, sockets and the resolver, and the facts that come of what they do."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Final

from trackway.lab.world.dice import Dice
from trackway.lab.world.facts import (
    TCP,
    Account,
    Connection,
    Ended,
    Fact,
    Image,
    Lookup,
    Process,
    Script,
    Site,
    Started,
    Turn,
)
from trackway.lab.world.internet import Internet
from trackway.lab.world.machine import Machine, system32
from trackway.lab.world.ports import Ports
from trackway.lab.world.resolver import Resolver
from trackway.lab.world.schedule import SECOND, Schedule

ANY: Final = "0.0.0.0"  # noqa: S104  what a bind record shows, nothing is bound here

Waiting = Generator[float, None, Lookup]
Tell = Callable[[Fact], None]


class Host:
    """One machine in one world.

    Attributes:
        machine: what it is.
        dice: its own chance.
        schedule: its time.
        services: process of each service by name, the kernel as "System".
        user: who is logged on.
        peer: the host that an attacker goes to from here, where the world has it.
    """

    def __init__(self, machine: Machine, internet: Internet, start: int, tell: Tell, *seed: object) -> None:
        """Begin with a machine that is switched off; `tell` hears every fact."""
        self.machine = machine
        self.dice = Dice(*seed, machine.name)
        self.schedule = Schedule(start)
        self.tell = tell
        self.boots = 0
        self.services: dict[str, Process] = {}
        self.user: Account = machine.person(0)
        self.address = machine.address
        self.internet = internet
        self.resolver = Resolver(self)
        self.ports = Ports(self.dice, *machine.ports)
        self.peer: Host | None = None
        self._pids: set[int] = set()
        self._keys = {"p": 0, "c": 0, "s": 0, "j": 0}
        self._started = 0

    @property
    def now(self) -> int:
        """Return the moment."""
        return self.schedule.now

    @property
    def hour(self) -> int:
        """Return the hour of the local day."""
        return (self.now // SECOND + self.machine.zone_seconds) // 3600 % 24

    def pass_time(self, seconds: float) -> None:
        """Let time pass while nothing else runs, as at a boot."""
        self.schedule.sleep(seconds * self.dice.between(0.8, 1.2))

    def key(self, kind: str) -> str:
        """Return the next identifier of a kind in the truth."""
        self._keys[kind] += 1
        return f"{self.machine.name}/{kind}{self._keys[kind]}"

    def boot(self) -> Process:
        """Start the kernel; every process before is gone. Return it."""
        self.boots += 1
        self._started = 0
        self._pids = {0, 4}
        self.ports = Ports(self.dice, *self.machine.ports)
        self.resolver.flush()
        self.tell(Turn(self.now, "boot"))
        kernel = self._process(4, None, Image("System"), "", self.machine.system())
        self.services = {"System": kernel}
        return kernel

    def shut_down(self) -> None:
        """Switch off: nothing goes on, no process is seen to end."""
        self.schedule.clear()
        self.tell(Turn(self.now, "shutdown"))

    def sleep(self, seconds: float) -> None:
        """Sleep and wake: every program goes on where it was, every connection is gone."""
        self.tell(Turn(self.now, "sleep"))
        self.schedule.sleep(seconds)
        self.tell(Turn(self.now, "wake"))

    def move(self, address: str) -> None:
        """Get another address, as from DHCP."""
        self.address = address
        self.tell(Turn(self.now, "address", address))

    def start(
        self,
        parent: Process | None,
        image: Image,
        command_line: str = "",
        account: Account | None = None,
        attack: str | None = None,
    ) -> Process:
        """Start a process as `account`, else as its parent, and return it; children of an attack are its part."""
        account = account or (parent.account if parent else self.user)
        pid = self._free_pid()
        self._pids.add(pid)
        process = self._process(pid, parent, image, command_line or f'"{image.path}" ', account)
        process.attack = attack or (parent.attack if parent else None)
        self.tell(Started(process))
        return process

    def end(self, process: Process) -> None:
        """End a process; its PID is free from now on."""
        if process.ended is None:
            process.ended = self.now
            self._pids.discard(process.pid)
            self.tell(Ended(process))

    def resolve(self, process: Process, name: str, *, both: bool = True) -> Waiting:
        """Let a process ask the resolver; the generator's value is the look-up, told of when it is over."""
        return self.resolver.resolve(process, name, both=both)

    def connect(
        self,
        process: Process,
        remote: str,
        port: int,
        lookup: Lookup | None = None,
        *,
        name: str | None = None,
        via: str | None = None,
        protocol: int = TCP,
        established: bool = True,
        blocked: bool = False,
        requester: Process | None = None,
        local_port: int | None = None,
        seconds: float = 1.0,
        size: int = 0,
        attack: str | None = None,
    ) -> Connection:
        """Open a connection now, for so many seconds, and return it."""
        ended = self.now + int(seconds * SECOND)
        connection = Connection(
            key=self.key("c"),
            process=process,
            time=self.now,
            outbound=True,
            protocol=protocol,
            local_address=self._own(remote),
            local_port=local_port or self.ports.take(protocol, self.now, ended),
            remote_address=remote,
            remote_port=port,
            lookup=lookup,
            name=name or (lookup.name if lookup else None),
            via=via or ("resolver" if lookup else "none"),
            blocked=blocked,
            established=established and not blocked,
            binds=local_port is None,
            requester=requester,
            size=size or int(self.dice.spread(4000, 4)),
            ended=ended,
            attack=attack or process.attack,
        )
        self.tell(connection)
        return connection

    def _own(self, remote: str) -> str:
        if remote.startswith("127.") or remote == "::1":
            return remote
        return (self.machine.address6 or "2001:db8::107") if ":" in remote else self.address

    def accept(
        self,
        process: Process,
        local_port: int,
        remote: str,
        remote_port: int,
        *,
        protocol: int = TCP,
        local: str | None = None,
        blocked: bool = False,
        seconds: float = 1.0,
        attack: str | None = None,
    ) -> Connection:
        """Take a connection that somebody else opened."""
        connection = Connection(
            key=self.key("c"),
            process=process,
            time=self.now,
            outbound=False,
            protocol=protocol,
            local_address=local or self._own(remote),
            local_port=local_port,
            remote_address=remote,
            remote_port=remote_port,
            lookup=None,
            name=None,
            via="none",
            blocked=blocked,
            established=not blocked,
            binds=False,
            requester=None,
            size=int(self.dice.spread(4000, 4)),
            ended=self.now + int(seconds * SECOND),
            attack=attack,
        )
        self.tell(connection)
        return connection

    def run_script(self, process: Process, kind: str, text: str, command: str = "") -> None:
        """Let a PowerShell start its engine, compile a block or run a pipeline."""
        self.tell(Script(self.key("s"), process, self.now, kind, text, command))

    def answer(self, name: str) -> Site:
        """Return what the name server of this network says of a name."""
        suffix = "." + self.machine.domain
        if name.lower().endswith(suffix):
            inner = dict(self.machine.intranet).get(name.lower().removesuffix(suffix))
            return Site(name, (inner,), 1200) if inner else Site(name, ttl=60, status=9003)
        return self.internet.answer(name)

    def _process(
        self, pid: int, parent: Process | None, image: Image, command_line: str, account: Account
    ) -> Process:
        self._started += 1
        return Process(
            self.key("p"), pid, parent, image, command_line, account, self.now, self._started, self.boots
        )

    def _free_pid(self) -> int:
        """Return a PID that nobody has: a multiple of 4, given out again soon after it came free."""
        while True:
            pid = 4 * self.dice.whole(100, 100 + self.machine.pid_space)
            if pid not in self._pids:
                return pid


def console_host(host: Host, process: Process) -> Process:
    """Start the console window of a command-line program."""
    return host.start(
        process,
        system32("conhost.exe", "Console Window Host"),
        "\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1",
    )
