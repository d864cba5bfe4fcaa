"""Microsoft Defender for Endpoint: the network events of advanced hunting, exported as CSV.

Source: Microsoft, "DeviceNetworkEvents table". Repeated connections of one process to one place are told
once an hour: absence is no proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trackway.lab.witness.record import Line
from trackway.lab.world.facts import TCP, Connection, Fact
from trackway.lab.world.machine import Machine
from trackway.lab.world.schedule import SECOND
from trackway.lab.write.texts import iso

COLUMNS: Final = (
    "Timestamp", "DeviceName", "ActionType", "RemoteIP", "RemotePort", "RemoteUrl", "LocalIP", "LocalPort",
    "Protocol", "InitiatingProcessFileName", "InitiatingProcessId", "InitiatingProcessCommandLine",
    "InitiatingProcessCreationTime", "InitiatingProcessFolderPath", "InitiatingProcessAccountName",
    "InitiatingProcessParentId", "InitiatingProcessParentFileName", "ReportId",
)  # fmt: skip
HEADER: Final = "\ufeff" + ",".join(COLUMNS) + "\n"
_ONCE: Final = 3600 * SECOND
_MANY: Final = 10_000


class Defender:
    """Writes connections, each kind once an hour."""

    def __init__(self, machine: Machine) -> None:
        """Write for one device."""
        self._machine, self._told, self._count = machine, dict[tuple[str, str, int], int](), 0

    def records(self, fact: Fact) -> Iterator[Line]:
        """Yield the row of a connection."""
        if not isinstance(fact, Connection) or fact.remote_address.startswith("127."):
            return
        key = (fact.process.key, fact.remote_address, fact.remote_port)
        if self._told.get(key, -_ONCE) + _ONCE > fact.time:
            return
        if len(self._told) >= _MANY:
            self._told = {key: time for key, time in self._told.items() if time + _ONCE > fact.time}
        self._told[key] = fact.time
        self._count += 1
        yield Line(fact.time + 30 * 1000, "mde_network", self._row(fact), fact.key)

    def _row(self, c: Connection) -> str:
        process, parent = c.process, c.process.parent
        folder, _, file = process.image.path.rpartition("\\")
        kind = "ConnectionSuccess" if c.outbound else "InboundConnectionAccepted"
        kind = kind if c.established else "ConnectionFailed"
        values = (
            iso(c.time, 6)[:-1] + "0Z", self._machine.full_name.lower(), kind, c.remote_address, c.remote_port,
            c.name if c.via == "resolver" else "", c.local_address, c.local_port,
            "Tcp" if c.protocol == TCP else "Udp", file, process.pid, process.command_line,
            iso(process.started, 6)[:-1] + "0Z", f"{folder}\\{file}".lower(), process.account.name.lower(),
            parent.pid if parent else "", parent.image.path.rpartition("\\")[2] if parent else "", self._count,
        )  # fmt: skip
        return ",".join(_quoted(str(value)) for value in values)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n') else text
