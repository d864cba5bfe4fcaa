"""`nslookup -debug NAME` as somebody runs it afterwards: the only place where a full time to live is told.

Source: the seed's excerpt; published output. The tool asks the server itself: no record of the resolver.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from trackway.lab.world.facts import Site
from trackway.lab.world.host import Host

MOST: Final = 40
"""Names that the responder asks for."""

_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "min"), (1, "sec"))


def dump(host: Host) -> bytes:
    """Return the output for the names in the resolver's cache, those of the hosts file left out."""
    names = [name for name, cached in host.resolver.cache.items() if not cached.from_hosts][:MOST]
    sites = (host.answer(name) for name in names)
    return "".join(_said(host.machine.dns_server, site) for site in sites).replace("\n", "\r\n").encode()


def _said(server: str, site: Site) -> str:
    code = "NXDOMAIN" if site.status else "NOERROR"
    answers = [f"canonical name = {alias}" for alias in site.cnames]
    answers += [f"internet address = {address}" for address in site.addresses]
    body = "".join(_answers(site, answers)) if not site.status else ""
    end = f"Non-authoritative answer:\nName:    {site.name}\nAddresses:  {', '.join(site.addresses)}\n\n"
    return (
        f"Server:  UnKnown\nAddress:  {server}\n\n------------\nGot answer:\n    HEADER:\n"
        f"        opcode = QUERY, id = 2, rcode = {code}\n"
        "        header flags:  response, want recursion, recursion avail.\n"
        f"        questions = 1,  answers = {len(answers)},  authority records = 0,  additional = 0\n\n"
        f"    QUESTIONS:\n        {site.name}, type = A, class = IN\n{body}\n------------\n"
    ) + (end if not site.status else f"*** UnKnown can't find {site.name}: Non-existent domain\n\n")


def _answers(site: Site, answers: Iterable[str]) -> Iterator[str]:
    yield "    ANSWERS:\n"
    owner = site.name
    for answer in answers:
        yield f"    ->  {owner}\n        {answer}\n        ttl = {site.ttl} ({_in_words(site.ttl)})\n"
        if answer.startswith("canonical"):
            owner = answer.rpartition(" ")[2]


def _in_words(seconds: int) -> str:
    """Return seconds as nslookup says them: `4 hours`, `1 min`."""
    words = []
    for size, name in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            words.append(f"{count} {name}{'s' if count > 1 else ''}")
    return " ".join(words) or "0 secs"
