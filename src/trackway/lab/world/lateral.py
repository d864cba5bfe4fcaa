"""From host to host: SMB by the kernel, WinRM, DCOM, remote desktop, seen from both sides where the world has both."""

from __future__ import annotations

from trackway.lab.world import machine as m
from trackway.lab.world.facts import Account, Connection, Image, Logon, Process
from trackway.lab.world.host import Host
from trackway.lab.world.machine import system32
from trackway.lab.world.reach import MINUTE, reach
from trackway.lab.world.resolver import is_answer
from trackway.lab.world.schedule import Program
from trackway.lab.world.windows import command

NETWORK, REMOTE_DESKTOP = 3, 10
_ON_ITS_WAY = 400
"""Microseconds from one host to the other."""


def lateral(host: Host, shell: Process) -> Program:
    """Go to the neighbour again and again, by every way in."""
    name = f"{host.machine.neighbour}.{host.machine.domain}"
    while True:
        yield host.dice.exponential(25 * MINUTE)
        tool = command(host, shell, m.POWERSHELL, "powershell.exe -NoP -ep bypass")
        tool.attack = "lateral"
        lookup = yield from host.resolve(tool, name)
        if is_answer(lookup):
            yield from _steps(host, tool, lookup.addresses[-1], name)
        yield 20.0
        host.end(tool)


def _steps(host: Host, tool: Process, address: str, name: str) -> Program:
    lookup = yield from host.resolve(tool, name)
    kernel = host.services["System"]
    _share(host, host.connect(kernel, address, 445, lookup, requester=tool, attack="lateral"))
    yield 1.0
    _remote_shell(host, host.connect(tool, address, 5985, lookup))
    yield 1.0
    _endpoint(host, host.connect(tool, address, 135, lookup))
    yield 0.05
    _remote_object(host, host.connect(tool, address, 49_671, lookup))
    client = host.start(tool, system32("mstsc.exe", "Remote Desktop Connection"), f"mstsc.exe /v:{name}")
    lookup = yield from host.resolve(client, name)
    yield 0.2
    _remote_desktop(host, host.connect(client, address, 3389, lookup, seconds=60))
    yield 30.0
    host.end(client)


def _there(host: Host, sent: Connection) -> tuple[Host, Account] | None:
    """Return the other host, at the moment a connection reaches it, and the account that comes with it."""
    peer = host.peer
    if peer is None:
        return None
    peer.schedule.run(sent.time + _ON_ITS_WAY)
    return peer, host.user._replace(logon_id=peer.dice.whole(0x100000, 0xFFFFFF), session=0)


def _log_on(peer: Host, account: Account, sent: Connection, seconds: float, kind: int = NETWORK) -> None:
    by = peer.services["TermService"] if kind == REMOTE_DESKTOP else None
    begun = Logon(peer.now + 1500, account, kind, by, sent.local_address, sent.local_port)
    peer.tell(begun)
    peer.schedule.add(_log_off(peer, begun), seconds)


def _log_off(peer: Host, logon: Logon) -> Program:
    peer.tell(logon._replace(time=peer.now, is_end=True))
    yield from ()


def _taken(peer: Host, process: Process, sent: Connection) -> None:
    peer.accept(process, sent.remote_port, sent.local_address, sent.local_port, attack="lateral")


def _share(host: Host, sent: Connection) -> None:
    """A file is put on a share: the kernel of the other host answers."""
    if found := _there(host, sent):
        peer, account = found
        _taken(peer, peer.services["System"], sent)
        _log_on(peer, account, sent, 15)


def _remote_shell(host: Host, sent: Connection) -> None:
    """WinRM: the kernel takes the connection, a host process runs what is sent, and calls home."""
    if found := _there(host, sent):
        peer, account = found
        _taken(peer, peer.services["System"], sent)
        _log_on(peer, account, sent, 20)
        image = system32("wsmprovhost.exe", "Host process for WinRM plug-ins")
        peer.schedule.add(_run(peer, account, f"{image.path} -Embedding", image), 0.2)


def _run(peer: Host, account: Account, line: str, image: Image) -> Program:
    process = peer.start(peer.services["DcomLaunch"], image, line, account, attack="lateral")
    yield 1.5
    yield from reach(peer, process, "sync.example.org", seconds=2)
    yield 10.0
    peer.end(process)


def _endpoint(host: Host, sent: Connection) -> None:
    """The service of remote calls tells where the object will listen."""
    if found := _there(host, sent):
        _taken(found[0], found[0].services["RpcSs"], sent)


def _remote_object(host: Host, sent: Connection) -> None:
    """DCOM: a program starts as an object, by the service, and listens itself."""
    if found := _there(host, sent):
        peer, account = found
        _log_on(peer, account, sent, 20)
        image = system32("mmc.exe", "Microsoft Management Console")
        process = peer.start(
            peer.services["DcomLaunch"], image, f"{image.path} -Embedding", account, "lateral"
        )
        _taken(peer, process, sent)
        peer.schedule.add(_close(peer, process), 12)


def _close(peer: Host, process: Process) -> Program:
    peer.end(process)
    yield from ()


def _remote_desktop(host: Host, sent: Connection) -> None:
    """Remote desktop: a service takes the connection."""
    if found := _there(host, sent):
        peer, account = found
        _taken(peer, peer.services["TermService"], sent)
        _log_on(peer, account, sent, 60, REMOTE_DESKTOP)
