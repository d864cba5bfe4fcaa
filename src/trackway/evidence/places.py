"""Whose a file is that names no host itself, by the place where it was found.

A firewall log, a pasted resolver cache or a proxy log says nowhere which computer it is about. The folder,
the archive or the collection it lies in does, if everything else in there names one host. Sources: the
names that Velociraptor (`Collection-HOST-TIME`), KAPE (`TIME_HOST`) and CyLR (`HOST.zip`) give.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

NAMELESS: Final = "unknown host of "
WIRE: Final = "clients in "

_COLLECTION: Final = (
    # Collection-WS7.corp.example-2021-11-27T03_17_39Z.zip
    re.compile(r"Collection-(?P<host>.+?)-\d{4}-\d\d-\d\dT\d\d_\d\d_\d\d\S*?(?:\.zip)?"),
    # 2021-11-27T031739_WS7.zip
    re.compile(r"\d{4}-\d\d-\d\dT\d{4,6}_(?P<host>[^.]+)(?:\.zip)?"),
)
_CYLR: Final = re.compile(r"(?P<host>[A-Z0-9][A-Z0-9-]{0,14})\.zip")
_STEP: Final = re.compile(r"[/!]")
_ONE_FILE: Final = re.compile(r"(?i)(?<!\.tar)\.(?:gz|gzip)!$")


def wire(file: str) -> str:
    """Return the name that stands for the hosts of a log of the network: each record is its client's, by address."""
    return WIRE + file


class Named(NamedTuple):
    """One file, the hosts that it names, and whether it is a collector's own word on whose evidence it brings."""

    file: str
    hosts: frozenset[str]
    by_collector: bool = False


class Owner(NamedTuple):
    """A host, and why a file is taken for its."""

    host: str
    reason: str


def nameless(file: str) -> str:
    """Return the name that stands for the host of a file until its place tells it."""
    return NAMELESS + file


def owner(file: str, named: Sequence[Named]) -> Owner | None:
    """Return whose a file is that names no host, or null where its place does not tell.

    From its folder outwards: the one host that a collector names there, else the one host that the other
    files there name, else the host in the name that a collector gave the folder or archive. Several hosts
    end the search, and so does a folder beside others that are called after their hosts: it is one of
    another host.

    Args:
        file: how it is cited.
        named: every file of the run that names hosts.
    """
    for place in _places(file):
        inside = [each for each in named if each.file.startswith(place)]
        told = _only(each for each in inside if each.by_collector)
        if told:
            return Owner(told, f"the collector's own file in {_shown(place)} names it")
        if inside:
            host = _only(inside)
            if host is None or _is_one_of_many(place, file, inside, host):
                return None
            return Owner(host, f"the other evidence in {_shown(place)} names this host only")
        if host := _in_name(place, file):
            return Owner(host, f"{_shown(place)} is called after it, as its collector does")
    return None


def nearest(file: str, said: Mapping[str, str]) -> str | None:
    """Return what the files nearest to this one say, if they say one thing; `said` is by file."""
    for place in _places(file):
        words = {word for each, word in said.items() if each.startswith(place)}
        if words:
            return words.pop() if len(words) == 1 else None
    return None


def _places(file: str) -> Iterator[str]:
    """Yield the folders and archives around a file, the nearest first: `a/b.zip!C/`, `a/b.zip!`, `a/`.

    What is outside an archive says nothing about its content, unless the archive is one compressed file.
    """
    ends = [step.end() for step in _STEP.finditer(file)]
    for end in reversed(ends):
        place = file[:end]
        if _ONE_FILE.search(place):
            continue
        yield place
        if place.endswith("!"):
            return
    if "/" not in re.sub(_ONE_FILE, "", file.partition("!")[0]):  # given itself, beside others
        yield ""


def _only(named: Iterable[Named]) -> str | None:
    hosts = {host for each in named for host in each.hosts}
    return hosts.pop() if len(hosts) == 1 else None


def _is_one_of_many(place: str, file: str, inside: Collection[Named], host: str) -> bool:
    """True where the host's files lie in a folder of its name, and this file in another one."""
    own = _branch(file, place)
    others = {_branch(each.file, place) for each in inside}
    if own in others or own is None:
        return False
    label = host.split(".", maxsplit=1)[0].lower()
    return any(other and label in re.split(r"[^\w-]+|_", other.lower()) for other in others)


def _branch(file: str, place: str) -> str | None:
    """Return the folder or archive of `place` that a file lies in, or null where it lies in `place` itself."""
    step = _STEP.search(file, len(place))
    return file[len(place) : step.start()] if step else None


def _in_name(place: str, file: str) -> str | None:
    name = _STEP.split(place[:-1])[-1]
    for pattern in _COLLECTION:
        if found := pattern.fullmatch(name):
            return found["host"]
    cylr = _CYLR.fullmatch(name)
    return cylr["host"] if cylr and file[len(place) :].startswith(("C/", "C:/")) else None


def _shown(place: str) -> str:
    return place[:-1] or "the same command"
