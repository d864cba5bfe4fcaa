"""pfirewall.log: a line for what the firewall lets through or drops, local time in whole seconds.

Sources: the seed; Microsoft, "Configure Windows Firewall logging"; `pid` is a column from build 22000 on.
Lines are written some seconds late, several at a time, so that they are not in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from trackway.lab.witness.record import Line
from trackway.lab.world.dice import Dice
from trackway.lab.world.facts import TCP, UDP, Connection, Fact
from trackway.lab.world.machine import Machine
from trackway.lab.world.schedule import SECOND

FIRST_WITH_PID: Final = 22000
_FIELDS: Final = (
    "date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype "
    "icmpcode info path"
)
_PROTOCOLS: Final = {TCP: "TCP", UDP: "UDP", 1: "ICMP", 58: "ICMPv6"}


def header(machine: Machine) -> str:
    """Return the head of the file."""
    fields = _FIELDS + (" pid" if machine.build >= FIRST_WITH_PID else "")
    return f"#Version: 1.5\n#Software: Microsoft Windows Firewall\n#Time Format: Local\n#Fields: {fields}\n\n"


class FirewallLog:
    """Writes allowed and dropped connections."""

    def __init__(self, machine: Machine) -> None:
        """Write as the build of `machine` does."""
        self._has_pid, self._zone = machine.build >= FIRST_WITH_PID, machine.zone_seconds * SECOND
        self._dice = Dice("pfirewall", machine.name)

    def records(self, fact: Fact) -> Iterator[Line]:
        """Yield the line of a connection."""
        if isinstance(fact, Connection) and not fact.remote_address.startswith("127."):
            yield self._line(fact)

    def _line(self, c: Connection) -> Line:
        when = datetime.fromtimestamp((c.time + self._zone) // SECOND, UTC).strftime("%Y-%m-%d %H:%M:%S")
        mine, other = (c.local_address, c.local_port), (c.remote_address, c.remote_port)
        (source, source_port), (target, target_port) = (mine, other) if c.outbound else (other, mine)
        ports = (source_port, target_port) if c.protocol in (TCP, UDP) else ("-", "-")
        kind, code = ("-", "-") if c.protocol in (TCP, UDP) else (c.local_port, c.remote_port)
        words = [
            when, "DROP" if c.blocked else "ALLOW", _PROTOCOLS.get(c.protocol, str(c.protocol)), source, target,
            *ports, 0, "- 0 0 0" if c.protocol == TCP else "- - - -", kind, code, "-",
            "SEND" if c.outbound else "RECEIVE",
        ]  # fmt: skip
        if self._has_pid:
            words.append(c.process.pid)
        late = int(self._dice.between(0, 0.6) * SECOND)
        return Line(c.time + late, "firewall_log", " ".join(map(str, words)), c.key, self._has_pid)
