"""Whose every file of a run is: the spellings of each host, and the files that are its by their place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from trackway.evidence.places import NAMELESS, WIRE, Named, nameless, owner, wire
from trackway.hosts import Rename, ambiguous, canonical_hosts, joined, spelled

UNKNOWN: Final = "names no host, and its place names none or several; --host NAME says whose it is"


class Read(Protocol):
    """What became of one file, as far as its host matters.

    Attributes:
        renames: moment, host, old and new name of each record in which a host says that it was renamed.
        latest: when each spelling of a host was last written, by the clock of the file.
    """

    file: str
    hosts: list[str]
    facts: dict[str, str]
    used: int
    ignored: int
    note: str | None
    renames: list[list[str]]
    latest: dict[str, str]


def note_names(kept: pa.Table, found: Read, *, of_collection: bool) -> None:
    """Note what a batch says of its hosts: a collector's word, when each was last written, whether one was renamed."""
    if of_collection:
        found.facts |= dict(zip(kept["kind"].to_pylist(), kept["value"].to_pylist(), strict=True))
    last = kept.group_by("host", use_threads=False).aggregate([("recorded", "max")])
    for host, moment in zip(last["host"].to_pylist(), last["recorded_max"].to_pylist(), strict=True):
        if moment:
            found.latest[host] = max(moment.isoformat(), found.latest.get(host, ""))
    if "subject" in kept.column_names and pc.any(pc.equal(kept["kind"], "host_renamed")).as_py():
        for row in kept.filter(pc.equal(kept["kind"], "host_renamed")).to_pylist():
            if row["subject"] and row["value"] and row["recorded"]:
                found.renames.append([row["recorded"].isoformat(), row["host"], row["subject"], row["value"]])


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
    hosts = _under_one_name(canonical_hosts(by_spelling), read)
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


def _under_one_name(hosts: dict[str, list[str]], read: Sequence[Read]) -> dict[str, list[str]]:
    """Return the hosts with those that were renamed joined; the notes of their files say so, and what is ambiguous."""
    renames = [
        Rename(datetime.fromisoformat(moment), *names) for member in read for moment, *names in member.renames
    ]
    latest = dict[str, datetime]()
    for member in read if renames else ():
        for name, text in member.latest.items():
            moment = datetime.fromisoformat(text)
            latest[name] = max(moment, latest.get(name, moment))
    found, said = joined(hosts, renames, latest)
    for short, full in ambiguous(found).items():
        said[short] = f"{short} may be any of {', '.join(full)}; they are kept apart"
    for name, words in said.items():
        for member in read:
            if not set(hosts[name]).isdisjoint(member.hosts):
                member.note = "; ".join(filter(None, (member.note, words)))
    return found


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
