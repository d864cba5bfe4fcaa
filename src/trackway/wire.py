"""Whose the records of a log of the network are: of the host that had the client's address.

A proxy or a sensor names no computer. An address that one host of the case calls its own is that host's; what
several call theirs (a network behind address translation, an address that was given on) is nobody's. Records
of clients that are no host of the case are counted and left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from trackway.correlate.load import OWNED
from trackway.correlate.tables import text
from trackway.evidence.places import WIRE
from trackway.parts import MemberLedger
from trackway.schema import CONNECTION_OBSERVATION, DNS_OBSERVATION, HOST_FACT

TABLES: Final = (CONNECTION_OBSERVATION, DNS_OBSERVATION)


Leases = list[dict[str, datetime]]
"""From when (`since`) to when (`until`) an address was a host's."""


@dataclass(frozen=True, slots=True)
class Clients:
    """The addresses of every host, each of one host only, and those that several call their own."""

    hosts: Mapping[str, str]
    shared: Collection[str] = field(default=())
    leases: Mapping[str, Leases | None] = field(default_factory=dict)

    def of(self, host: str) -> list[dict[str, object]]:
        """Return the addresses of one host, each with its leases."""
        return [row for row in self.rows() if row["host"] == host]

    def rows(self) -> list[dict[str, object]]:
        """Return each address with its host and its leases."""
        return [
            {"address": address, "host": host, "leases": self.leases.get(address)}
            for address, host in sorted(self.hosts.items())
        ]


def clients(folders: Sequence[Path], spellings: Mapping[str, Sequence[str]]) -> Clients:
    """Return which host has which address.

    Args:
        folders: parts with the hosts' own evidence.
        spellings: of each host.
    """
    home = {spelling: host for host, each in spellings.items() for spelling in (host, *each)}
    owners, held = dict[str, set[str]](), dict[str, Leases | None]()
    for host, address, leases in _own_addresses(folders) if folders else ():
        if host in home:
            owners.setdefault(address, set()).add(home[host])
            before = held.get(address, [])
            held[address] = None if leases is None or before is None else before + leases
    return Clients(
        {address: min(hosts) for address, hosts in owners.items() if len(hosts) == 1},
        sorted(address for address, hosts in owners.items() if len(hosts) > 1),
        held,
    )


def settle(members: Collection[MemberLedger], folders: Sequence[Path], found: Clients) -> None:
    """Give every log of the network its hosts, and count its records of no host of the case as ignored."""
    known = {file: (hosts, used, others) for file, hosts, used, others in _known(folders, found)}
    for member in members:
        if member.file in known:
            hosts, used, others = known[member.file]
            member.hosts = sorted(hosts)
            member.ignored, member.used = member.ignored + member.used - used, used
            if others:
                words = f"of {others:,} addresses that are no host of this case, or several: left out"
                member.note = "; ".join(filter(None, (member.note, words)))


def _own_addresses(folders: Sequence[Path]) -> Iterator[tuple[str, str, Leases | None]]:
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        db.execute(text("models", "macros"))
        for table in (*TABLES, HOST_FACT):
            parts = [str(folder / f"{table.name}.parquet") for folder in folders]
            db.read_parquet(parts).filter(f"NOT starts_with(host, '{WIRE}')").create_view(table.name)
        yield from db.sql(text("models", "own_address")).fetchall()


def _known(folders: Sequence[Path], found: Clients) -> Iterator[tuple[str, list[str], int, int]]:
    """Yield of each log its hosts, its records of theirs, and how many clients are none of them."""
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        db.execute(text("models", "macros"))
        db.register("owner", pa.Table.from_pylist(found.rows(), schema=OWNED))
        for table in TABLES:
            parts = [str(folder / f"{table.name}.parquet") for folder in folders]
            db.read_parquet(parts).filter(f"starts_with(host, '{WIRE}')").create_view(table.name)
        yield from db.sql(text("wire", "known")).fetchall()
