"""What makes the traffic of a real host hard to read.

Names by DNS over HTTPS, QUIC, typing errors, an outage of the name server, a flushed cache, a new address from
DHCP, a VPN, ping, WebDAV and SMB by the kernel, names from the hosts file, short names, a nap.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from trackway.lab.world import machine as m
from trackway.lab.world.facts import UDP, Image, Process
from trackway.lab.world.host import Host
from trackway.lab.world.machine import system32
from trackway.lab.world.reach import HTTPS, MINUTE, open_to, reach
from trackway.lab.world.resolver import is_answer
from trackway.lab.world.schedule import Program
from trackway.lab.world.windows import command

ICMP: Final = 1
_ECHO: Final = 8
VPN: Final = Image("C:\\Program Files\\VPN\\vpnagent.exe", "VPN agent", "VPN vendor")
PRIVATE_BROWSER: Final = Image(
    "C:\\Program Files\\Fox\\fox.exe", "Web browser with DNS over HTTPS", "Fox vendor"
)


def doh(host: Host, shell: Process) -> Program:
    """A browser with a resolver of its own: Windows hears of its DoH server once, of no site ever."""
    browser = host.start(shell, PRIVATE_BROWSER)
    yield from reach(host, browser, "doh.example.net", seconds=3600)
    while True:
        yield host.dice.exponential(4 * MINUTE)
        for _ in range(host.dice.whole(1, 4)):
            site = host.internet.answer(host.dice.pick(host.internet.web))
            yield host.dice.between(0.02, 0.2)
            host.connect(browser, host.dice.pick(site.addresses), HTTPS, name=site.name, via="doh")


def quic(host: Host, shell: Process) -> Program:
    """Video over UDP 443, beside a TCP connection to the same place."""
    player = host.start(shell, m.BROWSER, f'"{m.BROWSER.path}" --app=video')
    while True:
        yield host.dice.exponential(6 * MINUTE)
        lookup = yield from host.resolve(player, host.dice.pick(host.internet.web))
        yield from open_to(host, player, lookup, HTTPS, seconds=120)
        fours = [address for address in lookup.addresses if ":" not in address]
        if fours:
            host.connect(player, fours[0], HTTPS, lookup, protocol=UDP, seconds=120)


def mistyped(host: Host, shell: Process) -> Program:
    """Names that do not exist, and short ones that the suffix search completes."""
    while True:
        yield host.dice.exponential(9 * MINUTE)
        yield from host.resolve(shell, f"{host.dice.hexadecimal(6).lower()}.example.com")
        short = host.dice.pick(("files", "print", "intranet"))
        lookup = yield from host.resolve(shell, f"{short}.{host.machine.domain}")
        if is_answer(lookup):
            yield host.dice.between(0.001, 0.01)
            host.connect(
                host.services["System"], lookup.addresses[-1], 445, lookup, requester=shell, seconds=300
            )


def outage(host: Host, _: Process) -> Program:
    """The name server is out of reach for a while; look-ups time out."""
    while True:
        yield host.dice.exponential(45 * MINUTE)
        host.resolver.is_reachable = False
        yield host.dice.between(10, 60)
        host.resolver.is_reachable = True


def flush(host: Host, shell: Process) -> Program:
    """Somebody flushes the resolver's cache."""
    while True:
        yield host.dice.exponential(80 * MINUTE)
        prompt = command(host, shell, system32("cmd.exe", "Windows Command Processor"), "cmd.exe")
        yield 2.0
        tool = host.start(prompt, system32("ipconfig.exe", "IP Configuration Utility"), "ipconfig /flushdns")
        host.resolver.flush()
        yield 0.1
        host.end(tool)
        yield 3.0
        host.end(prompt)


def lease(host: Host, _: Process) -> Program:
    """DHCP renews the lease; sometimes the address is another."""
    while True:
        yield host.dice.exponential(60 * MINUTE)
        host.connect(host.services["Dhcp"], "255.255.255.255", 67, protocol=UDP, local_port=68)
        if host.dice.chance(0.3):
            first = host.machine.address.rpartition(".")[0]
            host.move(f"{first}.{host.dice.whole(2, 250)}")


def vpn(host: Host, _: Process) -> Program:
    """A tunnel comes and goes; in it the host has another address."""
    agent = host.start(host.services["services"], VPN, "", host.machine.system())
    while True:
        yield host.dice.exponential(70 * MINUTE)
        lookup = yield from host.resolve(agent, "vpn.example.org")
        if not is_answer(lookup):
            continue
        host.connect(agent, lookup.addresses[0], 4500, lookup, protocol=UDP, seconds=900)
        before = host.address
        host.move(f"10.8.0.{host.dice.whole(2, 250)}")
        yield host.dice.spread(15 * MINUTE, 2)
        host.move(before)


def ping(host: Host, shell: Process) -> Program:
    """ICMP has no ports."""
    while True:
        yield host.dice.exponential(50 * MINUTE)
        prompt = command(host, shell, system32("cmd.exe", "Windows Command Processor"), "cmd.exe")
        name = host.dice.pick(host.internet.web)
        tool = host.start(prompt, system32("PING.EXE", "TCP/IP Ping Command"), f"ping {name}")
        lookup = yield from host.resolve(tool, name)
        if is_answer(lookup):
            yield 0.003
            target = next(address for address in lookup.addresses if ":" not in address)
            host.connect(tool, target, 0, lookup, protocol=ICMP, local_port=_ECHO)
        yield 3.1
        host.end(tool)
        host.end(prompt)


def webdav(host: Host, shell: Process) -> Program:
    """Explorer opens a folder on the web: the WebClient service asks and connects for it."""
    while True:
        yield host.dice.exponential(55 * MINUTE)
        yield from reach(
            host, host.services["WebClient"], "dav.example.net", 443, requester=shell, seconds=60
        )


def fixed_names(host: Host, shell: Process) -> Program:
    """Names that the hosts file answers."""
    while host.machine.hosts_file:
        yield host.dice.exponential(12 * MINUTE)
        name, _ = host.dice.pick(host.machine.hosts_file)
        yield from reach(host, shell, name)


def nap(host: Host, _: Process) -> Program:
    """The lid is closed over lunch."""
    while True:
        yield host.dice.between(150 * MINUTE, 260 * MINUTE)
        host.sleep(host.dice.between(15 * MINUTE, 70 * MINUTE))


Quirk = Callable[[Host, Process], Program]
QUIRKS: Final[tuple[Quirk, ...]] = (
    doh, quic, mistyped, outage, flush, lease, vpn, ping, webdav, fixed_names, nap,
)  # fmt: skip


def quirks(host: Host, shell: Process) -> None:
    """Set all of them going."""
    for program in QUIRKS:
        host.schedule.add(program(host, shell), host.dice.between(0, 120))
