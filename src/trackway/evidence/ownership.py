"""Whose every file of a run is: the spellings of each host, and the files that are its by their place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Protocol

from trackway.evidence.places import NAMELESS, WIRE, Named, nameless, owner, wire
from trackway.hosts import canonical_hosts, spelled

UNKNOWN: Final = "names no host, and its place names none or several; --host NAME says whose it is"


class Read(Protocol):
    """What became of one file, as far as its host matters."""

    file: str
    hosts: list[str]
    facts: dict[str, str]
    used: int
    ignored: int
    note: str | None


def hosts_of(read: Sequence[Read], asked: Sequence[str]) -> dict[str, list[str]]:
    """Return the spellings of each host, among them those that stand for the host of a file that names none.

    A member that names no host gets the one that its place tells, else the only one asked for, else a host
    of its own; its note says which. One of a host that was not asked for becomes ignored. A log of the
    network names none: whose its records are, `trackway.wire` finds.

    Args:
        read: every member of the run; the hosts of those that named none are replaced.
        asked: hosts to keep, as the user spells them; empty for all.
    """
    by_spelling = {host for member in read for host in member.hosts if not host.startswith((NAMELESS, WIRE))}
    hosts = canonical_hosts(by_spelling)
    home = {spelling: host for host, spellings in hosts.items() for spelling in spellings}
    named = [
        Named(member.file, frozenset(home[host] for host in member.hosts if host in home), bool(member.facts))
        for member in read
        if not home.keys().isdisjoint(member.hosts)
    ]
    wanted = {host.lower() for host in asked}
    for member in read:
        if wire(member.file) in member.hosts:
            member.hosts = []
            continue
        if nameless(member.file) in member.hosts:
            host = _settled(member, named, hosts, asked)
            if wanted and wanted.isdisjoint((host.lower(), host.lower().split(".")[0])):
                member.used, member.ignored, member.hosts = 0, member.ignored + member.used, []
                continue
            hosts.setdefault(host, []).append(nameless(member.file))
            member.hosts = sorted({host} | {home[each] for each in member.hosts if each in home})
    return {host: hosts[host] for host in sorted(hosts)}


def _settled(member: Read, named: Sequence[Named], hosts: Collection[str], asked: Sequence[str]) -> str:
    """Return the host of a member that names none, and say in its note why."""
    found = owner(member.file, named)
    if found:
        host, words = spelled(found.host, hosts), f"of {found.host}: {found.reason}"
    elif len(asked) == 1:
        host, words = spelled(asked[0], hosts), f"of {asked[0]}: --host names no other"
    else:
        host, words = nameless(member.file), UNKNOWN
    member.note = "; ".join(filter(None, (member.note, words)))
    return host
