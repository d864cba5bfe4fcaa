"""A web proxy's access log in Squid's own format: the end of a request, in seconds since 1970.

Source: Squid's documentation, "native" log format.
"""

from __future__ import annotations

from collections.abc import Iterator

from trackway.lab.witness.record import Line
from trackway.lab.world.facts import Fact, Request
from trackway.lab.world.machine import Machine
from trackway.lab.world.schedule import SECOND


class Proxy:
    """Writes what the proxy saw of one host."""

    def __init__(self, machine: Machine) -> None:
        """Write requests of the user of `machine`."""
        self._machine = machine

    def records(self, fact: Fact) -> Iterator[Line]:
        """Yield the line of a request."""
        if isinstance(fact, Request):
            seconds, rest = divmod(fact.time, SECOND)
            elapsed = (fact.time - fact.connection.time) // 1000
            text = (
                f"{seconds}.{rest // 1000:03d} {elapsed:6d} {fact.connection.local_address} TCP_TUNNEL/200 {fact.size} "
                f"{fact.method} {fact.url} {self._machine.user} HIER_DIRECT/- -"
            )
            yield Line(fact.time, "proxy", text, fact.connection.key, names_process=False)
