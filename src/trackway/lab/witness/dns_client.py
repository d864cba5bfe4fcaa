"""DNS-Client: what one look-up writes into the resolver's log.

Sources: the provider's manifest as dumped per build (`ClientPID` from build 22000 on), recordings. 3006 and
3008 are written inside the calling process, the others by the resolver service.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final
from uuid import UUID

from trackway.lab.witness.record import DNS_CLIENT, Event, Record, fields
from trackway.lab.witness.sysmon import mapped
from trackway.lab.world.facts import Fact, Lookup
from trackway.lab.world.machine import Machine

PROVIDER: Final = "Microsoft-Windows-DNS-Client"
GUID: Final = UUID("1c95126e-7eea-49a9-a3fe-a378b03ddb4d").bytes_le
OPTIONS: Final = 1073766400
AAAA: Final = 28
MISSING, PROBE = 9701, 87
_NETWORK_SERVICE = "S-1-5-20"
FIRST_WITH_LOG, _FIRST_WITH_CLIENT = 9600, 22000
"""Builds: Windows 7 has none of these events."""

_LAYOUT: Final = {
    3006: "QueryName QueryType:u32 QueryOptions:u64 ServerList IsNetworkQuery:u32 NetworkQueryIndex:u32 "
    "InterfaceIndex:u32 IsAsyncQuery:u32",
    3008: "QueryName QueryType:u32 QueryOptions:u64 QueryStatus:u32 QueryResults",
    3009: "QueryName IsParallelNetworkQuery:u32 NetworkIndex:u32 InterfaceCount:u32 AdapterName LocalAddress "
    "DNSServerAddress",
    3010: "QueryName QueryType:u32 DnsServerIpAddress",
    3011: "QueryName QueryType:u32 DnsServerIpAddress ResponseStatus:u32",
    3016: "QueryName QueryType:u32 QueryOptions:u64 InterfaceIndex:u32",
    3018: "QueryName QueryType:u32 QueryOptions:u64 Status:u32 QueryResults",
    3019: "QueryName QueryType:u32 InterfaceIndex:u32 NetworkIndex:u32",
    3020: "QueryName QueryType:u32 NetworkIndex:u32 InterfaceIndex:u32 Status:u32 QueryResults",
}
_CALLER: Final = frozenset({3006, 3008})


@cache
def event(number: int, build: int) -> Event:
    """Return the layout of an event."""
    has_client = build >= _FIRST_WITH_CLIENT and number not in _CALLER
    text = _LAYOUT[number] + (" ClientPID:u32" if has_client else "")
    return Event(
        channel=DNS_CLIENT, provider=PROVIDER, guid=GUID, id=number, fields=fields(text),
        version=1 if has_client else 0, level=4, task=0,
    )  # fmt: skip


class DnsClient:
    """Writes every look-up that goes through the resolver service."""

    def __init__(self, machine: Machine) -> None:
        """Write as the build of `machine` does."""
        self._machine = machine
        self._events = {number: event(number, machine.build) for number in _LAYOUT}
        self._has_client = machine.build >= _FIRST_WITH_CLIENT

    def records(self, fact: Fact) -> Iterator[Record]:
        """Yield the records of one fact."""
        if isinstance(fact, Lookup):
            yield from self._caller(fact)
            for query_type in fact.query_types:
                yield from self._service(fact, query_type)

    def _caller(self, lookup: Lookup) -> Iterator[Record]:
        name, dual = lookup.name, len(lookup.query_types) > 1
        for number, query_type in enumerate(lookup.query_types):
            asked = (name, query_type, OPTIONS, "", 0, 0, 0, 0)
            yield self._said(lookup, lookup.time + 40 * number, 3006, asked)
        if dual:
            yield self._said(lookup, lookup.finished - 60, 3008, (name, 1, OPTIONS, PROBE, ""))
        last = lookup.query_types[-1]
        values = (name, last, OPTIONS, lookup.status, results(lookup, last, as_mapped=dual))
        yield self._said(lookup, lookup.finished, 3008, values)

    def _service(self, lookup: Lookup, query_type: int) -> Iterator[Record]:
        name, ask = lookup.name, lookup.time + 120 + 25 * query_type
        yield self._done(lookup, ask, 3016, (name, query_type, OPTIONS, 0))
        answer = results(lookup, query_type, as_mapped=False)
        status = lookup.status or (0 if answer else MISSING)
        if lookup.answered_from != "wire":
            yield self._done(lookup, ask + 60, 3018, (name, query_type, OPTIONS, status, answer))
            return
        yield self._done(lookup, ask + 60, 3018, (name, query_type, OPTIONS, MISSING, ""))
        yield self._done(lookup, ask + 90, 3019, (name, query_type, 0, 0))
        yield from self._wire(lookup, query_type)
        end = (lookup.received or lookup.finished) + 110
        yield self._done(lookup, end, 3020, (name, query_type, 0, 0, status, answer))

    def _wire(self, lookup: Lookup, query_type: int) -> Iterator[Record]:
        name, server = lookup.name, lookup.server or ""
        adapter = "{8E2A6F10-91C3-4C7B-A5C0-64D18C3D2F55}"
        values = (name, 0, 0, 1, adapter, self._machine.address, server)
        yield self._done(lookup, lookup.sent[0] - 40, 3009, values)
        for time in lookup.sent:
            yield self._done(lookup, time, 3010, (name, query_type, server))
        if lookup.received:
            status = lookup.status if lookup.status else 0
            yield self._done(lookup, lookup.received, 3011, (name, query_type, server, status))

    def _said(self, lookup: Lookup, time: int, number: int, values: tuple[object, ...]) -> Record:
        process = lookup.process
        return Record(
            time, self._events[number], process.pid, process.pid + 8, process.account.sid, values, lookup.key
        )

    def _done(self, lookup: Lookup, time: int, number: int, values: tuple[object, ...]) -> Record:
        if self._has_client:
            values = (*values, lookup.process.pid)
        pid = lookup.resolver.pid
        return Record(time, self._events[number], pid, pid + 12, _NETWORK_SERVICE, values, lookup.key)


def results(lookup: Lookup, query_type: int, *, as_mapped: bool) -> str:
    """Return QueryResults: the CNAME chain, then the addresses of the type."""
    names = "".join(f"type: 5 {name};" for name in lookup.cnames) if lookup.status == 0 else ""
    if as_mapped:
        return names + "".join(f"{mapped(address)};" for address in lookup.addresses)
    wanted = query_type == AAAA
    return names + "".join(f"{address};" for address in lookup.addresses if (":" in address) == wanted)
