"""What one host keeps: its witnesses, their logs and the files these become."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

from trackway.lab.witness.dns_client import DnsClient
from trackway.lab.witness.powershell import Blocks, Engine
from trackway.lab.witness.security import Security
from trackway.lab.witness.sysmon import Sysmon
from trackway.lab.world.facts import Boot, Connection, Fact, Lookup, Script, Started
from trackway.lab.world.machine import Machine
from trackway.lab.write.event_json import JsonLines
from trackway.lab.write.evtx import EvtxFile
from trackway.lab.write.log import Log, Witness

WRITERS: Final = {"evtx": (EvtxFile, ".evtx"), "json": (JsonLines, ".json")}


class Recording:
    """Hears the facts of one host and keeps what its sources write of them.

    Attributes:
        files: what has been written.
    """

    def __init__(self, folder: Path, machine: Machine, form: str) -> None:
        """Write into `folder`, which must exist, as `form`."""
        self.files: list[Path] = []
        self._machine, self._folder, self._form = machine, folder, form
        witnesses: Sequence[Witness] = (
            Security(machine), Sysmon(machine), DnsClient(machine), Blocks(), Engine(),
        )  # fmt: skip
        self._witnesses = [(witness, self._log(witness)) for witness in witnesses]

    def _log(self, witness: Witness) -> Log:
        writer, ending = WRITERS[self._form]
        path = self._folder / (witness.channel.replace("/", "%4") + ending)
        self.files.append(path)
        return Log(writer(path, self._machine.full_name))

    def hear(self, fact: Fact) -> None:
        """Let every witness write down what it sees of a fact."""
        now = _moment(fact)
        for witness, log in self._witnesses:
            log.add(witness.records(fact), now)

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, log in self._witnesses:
            log.close()


def _moment(fact: Fact) -> int:
    """Return the moment at which a fact is told."""
    if isinstance(fact, (Connection, Script, Boot)):
        return fact.time
    if isinstance(fact, Lookup):
        return fact.finished
    process = fact.process
    return process.started if isinstance(fact, Started) else process.ended or process.started
