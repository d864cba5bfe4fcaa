"""What one host keeps: its sources, the files these become, and the truth about them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

from trackway.lab.policy import Policy
from trackway.lab.truth import ABSENCE, LOG, RECORD, Truth
from trackway.lab.witness import defender, firewall_log, nslookup, resolver_cache, settings, system
from trackway.lab.witness.audit import Audit
from trackway.lab.witness.bits import Bits
from trackway.lab.witness.dns_client import FIRST_WITH_LOG, DnsClient
from trackway.lab.witness.powershell import FIRST_WITH_BLOCKS, Blocks, Engine
from trackway.lab.witness.proxy import Proxy
from trackway.lab.witness.record import (
    BITS,
    CLASSIC_POWERSHELL,
    DNS_CLIENT,
    POWERSHELL,
    SECURITY,
    SYSMON,
    SYSTEM,
    Item,
    Silence,
)
from trackway.lab.witness.security import Security
from trackway.lab.witness.sysmon import Sysmon
from trackway.lab.world.facts import Ended, Fact, Job, Lookup, Started, Turn
from trackway.lab.world.host import Host
from trackway.lab.world.machine import Machine
from trackway.lab.write.event_json import Clock, JsonLines
from trackway.lab.write.event_text import EventText
from trackway.lab.write.evtx import EvtxFile
from trackway.lab.write.log import Log, Together, Witness, Writer
from trackway.lab.write.text_file import TextFile

ENDINGS: Final = {"evtx": ".evtx", "xml": ".xml", "csv": ".csv"}
LOGS: Final = Path("Windows/System32/winevt/Logs")
FIREWALL: Final = Path("Windows/System32/LogFiles/Firewall")
FIREWALL_LIMIT: Final = 4096 * 1024
"""Bytes after which pfirewall.log becomes pfirewall.log.old, unless set otherwise."""


class Recording:
    """Hears the facts of one host and keeps what its sources write of them.

    Attributes:
        files: what has been written.
    """

    def __init__(self, folder: Path, machine: Machine, policy: Policy, truth: Truth | None = None) -> None:
        """Write into `folder`, which must exist."""
        self._folder, self._machine, self._policy, self._truth = folder, machine, policy, truth
        self._root = folder.parent
        self.files: list[Path] = []
        self._logs = [*self._event_logs(), *self._text_logs()]

    def _event_logs(self) -> Iterator[Log]:
        found = list(self._channels())
        if self._policy.together and self._policy.form != "evtx" and found:
            found = [("events", "events", Together([witness for _, _, witness in found]))]
        for channel, group, witness in found:
            path = self._path(channel.replace("/", "%4"))
            yield self._log(path, group, self._writer(path, self._policy.size(channel)), witness)

    def _channels(self) -> Iterator[tuple[str, str, Witness]]:
        """Yield the channels that are on, with the group each belongs to and who writes it."""
        machine, policy, on = self._machine, self._policy, self._policy.sources
        if on & {"4688", "5156", "logon"}:
            yield SECURITY, "security", Together((Security(machine, policy), Audit(machine, policy)))
        if "sysmon" in on:
            yield SYSMON, "sysmon", Sysmon(machine, policy)
        if "dns_client" in on and machine.build >= FIRST_WITH_LOG:
            yield DNS_CLIENT, "dns_client", DnsClient(machine)
        if "powershell" in on:
            if machine.build >= FIRST_WITH_BLOCKS:
                yield POWERSHELL, "powershell", Blocks()
            yield CLASSIC_POWERSHELL, "powershell", Engine()
        if "bits" in on:
            yield BITS, "bits", Bits()
        if "system" in on:
            yield SYSTEM, "system", system.System(machine)

    def _path(self, name: str) -> Path:
        folder = self._folder if self._policy.tree == "plain" else self._folder / "C" / LOGS
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}{ENDINGS.get(self._policy.form, '.json')}"

    def _writer(self, path: Path, limit: int | None) -> Writer:
        policy, computer = self._policy, self._machine.full_name
        if policy.form == "evtx":
            return EvtxFile(path, computer, limit)
        if policy.form in ("xml", "csv"):
            return EventText(path, computer, policy.form)
        clock = Clock(label=policy.label, half_day=policy.half_day, whole_seconds=policy.whole_seconds)
        return JsonLines(path, computer, policy.form, clock)

    def _text_logs(self) -> Iterator[Log]:
        machine, on = self._machine, self._policy.sources
        if "pfirewall" in on:
            folder = self._folder if self._policy.tree == "plain" else self._folder / "C" / FIREWALL
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / "pfirewall.log"
            writer = TextFile(path, firewall_log.header(machine), limit=FIREWALL_LIMIT)
            yield self._log(path, "pfirewall", writer, firewall_log.FirewallLog(machine))
        if "defender" in on:
            path = self._folder / "DeviceNetworkEvents.csv"
            yield self._log(path, "defender", TextFile(path, defender.HEADER), defender.Defender(machine))
        if "proxy" in on and machine.proxy:
            path = self._folder / "access.log"
            yield self._log(path, "proxy", TextFile(path), Proxy(machine))

    def _log(self, path: Path, group: str, writer: Writer, witness: Witness) -> Log:
        self.files.append(path)
        file = path.relative_to(self._root).as_posix()
        return Log(file, group, writer=writer, witness=witness, heard=self, loss=self._policy.loss)

    def hear(self, fact: Fact) -> None:
        """Let every source write down what it sees of a fact."""
        if self._truth:
            self._truth.hear(fact)
        now = _moment(fact)
        for log in self._logs:
            log.hear(fact, now)
        if isinstance(fact, Turn):
            self._turn(fact)

    def _turn(self, turn: Turn) -> None:
        """Switch a group of sources off or on, or clear its log."""
        for log in self._logs:
            if turn.kind in ("off", "on"):
                log.switch(turn.text, on=turn.kind == "on")
            elif turn.kind == "clear" and log.group == turn.text:
                item = system.cleared(turn.time, self._machine) if turn.text == "security" else None
                log.clear(turn.time, item)

    def collect(self, host: Host) -> None:
        """Dump the resolver's cache and ask the name server, as a responder does at the end."""
        if self._policy.tree == "trackway":
            self._collected(host)
            return
        if "displaydns" in self._policy.sources:
            cache, now = host.resolver.cache, host.now
            printed = resolver_cache.displaydns(cache, now, self._policy.language)
            self._dump("displaydns.txt", printed.content, now, printed.lines)
            table = resolver_cache.dns_client_cache(cache, now)
            self._dump("Get-DnsClientCache.csv", table.content, now, table.lines)
            self._dump("nslookup.txt", nslookup.dump(host), now)

    def _collected(self, host: Host) -> None:
        """Leave what `trackway collect` prints."""
        files = dict(settings.collected(self._machine, self._policy, host.now))
        if "displaydns" in self._policy.sources:
            files["dns_cache.json"] = settings.dns_cache(self._machine, host.resolver.cache, host.now)
        for name, content in files.items():
            (self._folder / name).parent.mkdir(exist_ok=True)
            self._dump(name, content, host.now)

    def _dump(self, name: str, content: bytes, now: int, lines: Sequence[tuple[int, str]] = ()) -> None:
        """Write a snapshot; that it was taken now only the time of its file tells. Tell what its lines came of."""
        path = self._folder / name
        path.write_bytes(content)
        os.utime(path, ns=(now * 1000, now * 1000))
        self.files.append(path)
        if self._truth and lines:
            file, host = path.relative_to(self._root).as_posix(), self._machine.full_name
            for number, (line, about) in enumerate(lines, start=1):
                # a line of the hosts file tells of no look-up
                self._truth.add(RECORD, (host, file, "dns_cache", number, line, now, about or None, False))
            self._truth.add(LOG, (host, file, "displaydns", True, 1, len(lines)))

    def written(self, file: str, number: int, line: int | None, item: Item) -> None:
        """Tell the truth of a record that was written."""
        if self._truth:
            host = self._machine.full_name
            row = (host, file, item.kind, number, line, item.time, item.about, item.names_process)
            self._truth.add(RECORD, row)

    def silent(self, silence: Silence) -> None:
        """Tell the truth of a record that was not written."""
        if self._truth:
            row = (self._machine.full_name, silence.about, silence.kind, silence.reason)
            self._truth.add(ABSENCE, row)

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error:
            self._abandon()
            return
        try:
            self._close()
        except BaseException:
            self._abandon()
            raise

    def _close(self) -> None:
        for log in self._logs:
            log.close()
            if self._truth:
                last = log.last or None
                row = (self._machine.full_name, log.file, log.group, True, log.first if last else None, last)
                self._truth.add(LOG, row)
        if self._truth:
            self._truth.close()

    def _abandon(self) -> None:
        for log in self._logs:
            log.abandon()
        if self._truth:
            self._truth.abandon()


def _moment(fact: Fact) -> int:
    """Return the moment at which a fact is told."""
    if isinstance(fact, Lookup):
        return fact.finished
    if isinstance(fact, Job):
        return fact.ended
    if isinstance(fact, Started):
        return fact.process.started
    if isinstance(fact, Ended):
        return fact.process.ended or fact.process.started
    return fact.time
