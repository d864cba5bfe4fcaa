"""Which spellings mean one host.

Windows does not care about letter case, and one machine is `WS7` in one log and `WS7.corp.example` in
another. A short name and a full one are one host unless two full names share the short one: then they are
kept apart, since a wrong merge would mix two machines' evidence. A machine that says that it was renamed
(System 6011) is one host under both names, unless the old name goes on afterwards: then somebody else has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final, NamedTuple

_ZONES: Final = timedelta(hours=26)
"""How far two written times may be apart that were one: from -12 to +14 hours."""

_NETBIOS: Final = 15
"""Letters of a NetBIOS name; those of a longer name are cut off."""


class Rename(NamedTuple):
    """What a host says of its own names, and when it wrote that; the names may be cut to NetBIOS length."""

    moment: datetime
    host: str
    old: str
    new: str


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


def ambiguous(hosts: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the full names that share a short one which stands in the evidence, too, by that short name."""
    full = defaultdict(list)
    for name in hosts:
        if _label(name) != name:
            full[_label(name).lower()].append(name)
    return {name: full[name.lower()] for name in hosts if len(full.get(name.lower(), ())) > 1}


def joined(
    hosts: Mapping[str, Sequence[str]], renames: Iterable[Rename], latest: Mapping[str, datetime]
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return the hosts with those that were renamed under their new name, and what is to be said of an old one.

    Args:
        hosts: spellings of each host, as `canonical_hosts` returns them.
        renames: in any order.
        latest: when each spelling was last written.
    """
    found, said = {host: list(names) for host, names in hosts.items()}, dict[str, str]()
    for moment, host, old, new in sorted(set(renames)):
        if not (_is_cut(host, old) or _is_cut(host, new)):
            continue
        before, after = (
            [host for host, names in found.items() if any(_is_cut(name, wanted) for name in names)]
            for wanted in (old, new)
        )
        if len(before) != 1 or len(after) != 1 or before == after:
            continue
        (was,), (is_now,) = before, after
        if any(latest[name] > moment + _ZONES for name in found[was] if name in latest):
            said[was] = f"{was} goes on after a host of that name was renamed {is_now}; they are kept apart"
            continue
        said[was] = f"{was} was renamed {is_now}: one host"
        found[is_now] = sorted([*found[is_now], *found.pop(was)])
    return {host: found[host] for host in sorted(found)}, said


def spelled(host: str, hosts: Iterable[str]) -> str:
    """Return the one of `hosts` that a full or a short name means, or the name itself where none is meant."""
    wanted = host.lower()
    meant = [each for each in hosts if wanted in (each.lower(), _label(each).lower())]
    return meant[0] if len(meant) == 1 else host


def _is_cut(name: str, wanted: str) -> bool:
    """Return whether a name begins as the other does, as far as NetBIOS names reach."""
    return _label(name)[:_NETBIOS].lower() == _label(wanted)[:_NETBIOS].lower()


def _label(name: str) -> str:
    """Return the part before the first dot; an address is one whole."""
    try:
        ip_address(name)
    except ValueError:
        return name.split(".", maxsplit=1)[0]
    return name
