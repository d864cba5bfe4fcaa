"""Which spellings mean one host.

Windows does not care about letter case, and one machine is `WS7` in one log and `WS7.corp.example` in
another. A short name and a full one are one host unless two full names share the short one: then they are
kept apart, since a wrong merge would mix two machines' evidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from ipaddress import ip_address


def canonical_hosts(spellings: Iterable[str]) -> dict[str, list[str]]:
    """Return the spellings of each host by its name: the full one where there is one."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for spelling in sorted(set(spellings)):
        by_name[spelling.lower()].append(spelling)
    full = defaultdict(set)
    for name in by_name:
        if _label(name) != name:
            full[_label(name)].add(name)
    hosts: dict[str, list[str]] = {}
    for name in sorted(by_name, key=lambda name: (_label(name) == name, name)):
        owners = full.get(name, set())
        home = by_name[next(iter(owners))][0] if len(owners) == 1 else by_name[name][0]
        hosts.setdefault(home, []).extend(by_name[name])
    return {host: sorted(hosts[host]) for host in sorted(hosts)}


def spelled(host: str, hosts: Iterable[str]) -> str:
    """Return the one of `hosts` that a full or a short name means, or the name itself where none is meant."""
    wanted = host.lower()
    meant = [each for each in hosts if wanted in (each.lower(), _label(each).lower())]
    return meant[0] if len(meant) == 1 else host


def _label(name: str) -> str:
    """Return the part before the first dot; an address is one whole."""
    try:
        ip_address(name)
    except ValueError:
        return name.split(".", maxsplit=1)[0]
    return name
