"""How a program gets to a name: by the resolver, a proxy or the transfer service, by IPv6 or IPv4."""

from __future__ import annotations

from trackway.lab.world.facts import Job, Lookup, Process, Request
from trackway.lab.world.host import Host
from trackway.lab.world.resolver import is_answer
from trackway.lab.world.schedule import SECOND, Program

MINUTE, HOUR = 60.0, 3600.0
HTTP, HTTPS = 80, 443


def reach(
    host: Host,
    process: Process,
    name: str,
    port: int = 443,
    *,
    seconds: float = 20.0,
    requester: Process | None = None,
) -> Program:
    """Ask for a name and connect to the first address, by way of the proxy where there is one."""
    if host.machine.proxy:
        yield from through_proxy(host, process, name, port, seconds=seconds, requester=requester)
        return
    lookup = yield from host.resolve(process, name)
    yield from open_to(host, process, lookup, port, seconds=seconds, requester=requester)


def through_proxy(
    host: Host,
    process: Process,
    name: str,
    port: int,
    *,
    seconds: float = 20.0,
    requester: Process | None = None,
) -> Program:
    """Connect to the proxy and let it connect to `name`: the resolver hears the proxy's name only."""
    proxy, proxy_port = host.machine.proxy or ("", 0)
    lookup = yield from host.resolve(process, proxy)
    if not is_answer(lookup):
        return
    yield host.dice.spread(0.002, 3)
    there = host.connect(
        process, lookup.addresses[-1], proxy_port, lookup, name=name, via="proxy", seconds=seconds, requester=requester
    )  # fmt: skip
    method, url = ("CONNECT", f"{name}:{port}") if port == HTTPS else ("GET", f"http://{name}/")
    host.tell(Request(host.now + int(host.dice.between(0.05, 2) * SECOND), there, method, url, there.size))


def transfer(host: Host, owner: Process, title: str, url: str, path: str) -> Program:
    """Let BITS fetch a file for a process: the socket and the look-up are the service's."""
    begun, service = host.now, host.services["BITS"]
    yield 0.35
    yield from reach(host, service, url.split("/")[2], HTTPS, seconds=4, requester=owner)
    yield 2.5
    host.tell(
        Job(host.key("j"), owner, service, begun + 200_000, host.now, title, url, path, host.dice.whole(2**12, 2**24))
    )  # fmt: skip


def open_to(
    host: Host,
    process: Process,
    lookup: Lookup,
    port: int,
    *,
    seconds: float = 20.0,
    requester: Process | None = None,
) -> Program:
    """Connect to an answer: IPv6 first where the host has it, IPv4 a moment later (RFC 8305)."""
    if not is_answer(lookup):
        return
    yield host.dice.spread(0.002, 3)
    sixes = [address for address in lookup.addresses if ":" in address and host.machine.address6]
    fours = [address for address in lookup.addresses if ":" not in address]
    if sixes:
        works = host.dice.chance(0.7)
        host.connect(process, sixes[0], port, lookup, seconds=seconds, requester=requester, established=works)
        if works:
            return
        yield host.dice.between(0.25, 0.3)
    if fours:
        host.connect(process, fours[0], port, lookup, seconds=seconds, requester=requester)
