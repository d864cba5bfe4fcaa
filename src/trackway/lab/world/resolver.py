"""The resolver service: cache, hosts file, search suffixes, name server, and how long each takes.

A cold look-up takes as long as the name server is away, one from the cache a fraction of a millisecond;
a server that does not answer is asked again after 1, 2, 4 and 8 seconds (Windows' default).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Final, NamedTuple

from trackway.lab.world.facts import Lookup, Process, Site
from trackway.lab.world.internet import TIMEOUT
from trackway.lab.world.schedule import SECOND

if TYPE_CHECKING:
    from trackway.lab.world.host import Host

LONGEST: Final = 86_400
"""Seconds for which the cache keeps an answer at most (MaxCacheTtl)."""

NEGATIVE: Final = 15
"""Seconds for which it keeps the answer that there is none, at most."""

RETRIES: Final = (1.0, 1.0, 2.0, 4.0, 4.0)
"""Seconds between queries to a server that does not answer."""


class Cached(NamedTuple):
    """An answer in the cache."""

    site: Site
    stored: int
    expires: int
    from_hosts: bool = False
    lookup: str = ""  # the one that brought the answer


class Resolver:
    """Dnscache of one host."""

    def __init__(self, host: Host) -> None:
        """Serve `host`, with an empty cache but for its hosts file."""
        self._host = host
        self.cache: dict[str, Cached] = {}
        self.is_reachable = True
        self._count = 0
        self.flush()

    def flush(self) -> None:
        """Forget all but the hosts file."""
        start = self._host.now
        self.cache = {
            name: Cached(Site(name, (address,), 604_800), start, start + 604_800 * SECOND, True)
            for name, address in self._host.machine.hosts_file
        }

    def resolve(self, process: Process, name: str, *, both: bool) -> Generator[float, None, Lookup]:
        """Answer a process; waits as long as it takes and tells of the look-up at its end."""
        asked = self._host.now
        self._count += 1
        key = f"{self._host.machine.name}/l{self._count}"
        found, source, sent, received = self.cache.get(name.lower()), "wire", tuple[int, ...](), None
        if found and found.expires > asked:
            source = "hosts" if found.from_hosts else "cache"
            site = found.site
            yield self._host.dice.between(0.0003, 0.0011)
        else:
            site, sent, received = yield from self._ask(name, key)
        ttl = int((found.expires - asked) / SECOND) if found and source != "wire" else site.ttl
        if self._count % 4096 == 0:
            self._forget()
        addresses = (*site.addresses6, *site.addresses) if both else site.addresses
        lookup = Lookup(
            key,
            process,
            name,
            asked,
            self._host.now,
            site.status,
            site.cnames,
            addresses,
            source,
            self._host.machine.dns_server if source == "wire" else None,
            sent,
            received,
            (1, 28) if both else (1,),
            ttl,
            self._host.services["Dnscache"],
            process.attack,
        )
        self._host.tell(lookup)
        return lookup

    def _ask(self, name: str, key: str) -> Generator[float, None, tuple[Site, tuple[int, ...], int | None]]:
        """Ask the name server and keep what it says."""
        host, sent = self._host, []
        yield host.dice.between(0.0004, 0.0012)
        self._datagram()
        sent.append(host.now)
        if not self.is_reachable:
            for pause in RETRIES:
                yield pause
                sent.append(host.now)
            return Site(name, status=TIMEOUT, ttl=0), tuple(sent), None
        yield min(host.dice.spread(0.018, 2.2), 0.9)
        received = host.now
        yield host.dice.between(0.0002, 0.0008)
        site = host.answer(name)
        self._keep(site._replace(addresses=self._turned(site.addresses)), key)
        return self.cache[name.lower()].site if site.ttl else site, tuple(sent), received

    def _turned(self, addresses: tuple[str, ...]) -> tuple[str, ...]:
        """Return the addresses in the order a server gives them this time."""
        first = int(self._host.dice.roll() * len(addresses))
        return addresses[first:] + addresses[:first]

    def _keep(self, site: Site, key: str) -> None:
        # a caching server further up has let some of the time to live pass
        age = self._host.dice.roll() if self._host.dice.chance(0.6) else 0.0
        ttl = max(int(min(site.ttl, LONGEST) * (1 - age)), 1)
        ttl = min(ttl, NEGATIVE) if site.status else ttl
        now = self._host.now
        self.cache[site.name.lower()] = Cached(site._replace(ttl=ttl), now, now + ttl * SECOND, lookup=key)

    def _forget(self) -> None:
        """Drop what has run out; a tunnel asks for a new name each time."""
        now = self._host.now
        self.cache = {name: cached for name, cached in self.cache.items() if cached.expires > now}

    def _datagram(self) -> None:
        """The query itself is a connection of the service."""
        host = self._host
        host.connect(
            host.services["Dnscache"], host.machine.dns_server, 53, protocol=17, seconds=1.0, size=80
        )


def is_answer(lookup: Lookup) -> bool:
    """Return whether a look-up gave an address."""
    return lookup.status == 0 and bool(lookup.addresses)
