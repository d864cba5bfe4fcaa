"""The names there are and the addresses behind them.

Reserved by RFC 2606 and 6761 (example.com, .net, .org and the TLD .test), RFC 5737 and RFC 3849
(192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32); the seed's perdu.com aside. Names behind a
content network share its addresses, as they do in the world.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from trackway.lab.world.dice import Dice
from trackway.lab.world.facts import Site

NO_SUCH_NAME, NO_RECORD, TIMEOUT = 9003, 9701, 1460
PERDU: Final = Site("perdu.com", ("208.97.177.124",), 14400)

TUNNEL: Final = ".tunnel.example.net"
"""Below this every name has an answer: its server is the attacker's."""

CONTENT_NETWORK: Final = tuple(f"203.0.113.{n}" for n in range(1, 33))
"""Addresses behind which many names stand."""

_WORDS: Final = (
    "news", "shop", "mail", "wiki", "maps", "video", "bank", "travel", "weather", "forum", "files", "photos",
    "jobs", "blog", "music", "sport", "books", "garden", "school", "health", "law", "cars", "food", "games",
)  # fmt: skip
_ZONES: Final = ("example.com", "example.net", "example.org")
SERVICES: Final = tuple(
    Site(name, addresses, ttl, cnames)
    for name, addresses, ttl, cnames in (
        ("mail.office.example.com", ("198.51.100.10", "198.51.100.11"), 300, ("mail.geo.example.net",)),
        ("config.office.example.com", ("203.0.113.3",), 60, ("config.cdn.example.net",)),
        ("nexus.office.example.com", ("198.51.100.12",), 900, ()),
        ("chat.teams.example.com", ("198.51.100.20", "198.51.100.21"), 120, ("chat.geo.example.net",)),
        ("presence.teams.example.com", ("198.51.100.22",), 300, ()),
        (
            "telemetry.example.com",
            ("198.51.100.30", "198.51.100.31", "198.51.100.32"),
            30,
            ("t.geo.example.net",),
        ),
        ("update.example.org", ("203.0.113.5", "203.0.113.6"), 3600, ("update.cdn.example.net",)),
        ("download.example.org", ("203.0.113.5",), 600, ("download.cdn.example.net",)),
        ("browser-update.example.net", ("203.0.113.7",), 300, ()),
        ("time.example.net", ("192.0.2.123",), 3600, ()),
        ("crl.example.org", ("203.0.113.9",), 7200, ("crl.cdn.example.net",)),
        ("ocsp.example.org", ("203.0.113.9",), 3600, ("ocsp.cdn.example.net",)),
        ("connecttest.example.org", ("203.0.113.11",), 60, ()),
        ("defender.example.com", ("198.51.100.40",), 300, ()),
        ("dav.example.net", ("198.51.100.50",), 600, ()),
        ("doh.example.net", ("192.0.2.53",), 86400, ()),
    )
)
"""Where ordinary programs of a workplace go."""


class Internet:
    """Every public name, for every host of a scenario."""

    def __init__(self, *seed: object, sites: int = 240, extra: Iterable[Site] = ()) -> None:
        """Make `sites` web sites beside the services; two fifths of them share a content network."""
        dice = Dice(*seed, "internet")
        web = [_site(dice, number) for number in range(sites)]
        self.web: tuple[str, ...] = tuple(site.name for site in web)
        self._sites = {site.name: site for site in (*web, *SERVICES, PERDU, *extra)}

    def answer(self, name: str) -> Site:
        """Return what an authority says of a name, letter case aside."""
        found = self._sites.get(name.lower())
        if found is None and name.endswith(TUNNEL):
            return Site(name, ("192.0.2.201",), 1)
        return found or Site(name, ttl=60, status=NO_SUCH_NAME)

    def add(self, *sites: Site) -> None:
        """Give the world further names."""
        self._sites |= {site.name: site for site in sites}


def _site(dice: Dice, number: int) -> Site:
    name = f"{_WORDS[number % len(_WORDS)]}{number // len(_WORDS) or ''}.{_ZONES[number % 3]}"
    ttl = dice.pick((20, 60, 60, 300, 300, 600, 3600, 14400))
    six = (f"2001:db8:{number:x}::{dice.whole(1, 99):x}",) if dice.chance(0.15) else ()
    if dice.chance(0.4):
        first = dice.whole(0, len(CONTENT_NETWORK) - 4)
        addresses = CONTENT_NETWORK[first : first + dice.whole(1, 4)]
        return Site(
            name,
            addresses,
            min(ttl, 300),
            (f"{name.split('.', maxsplit=1)[0]}{number}.cdn.example.net",),
            six,
        )
    block = dice.pick(("192.0.2", "198.51.100"))
    first = dice.whole(60, 250)
    return Site(name, tuple(f"{block}.{first + n}" for n in range(dice.whole(1, 3))), ttl, (), six)
