"""PowerShell: 4103 and 4104, and 400 of the classic log.

Source: Microsoft, "about_Logging_Windows"; recordings. A block longer than one record can hold is written
in parts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from trackway.lab.witness.record import CLASSIC_POWERSHELL, POWERSHELL, Event, Record, fields
from trackway.lab.world.facts import Fact, Script

PROVIDER: Final = "Microsoft-Windows-PowerShell"
GUID: Final = UUID("a0c1853b-5c40-4b15-8766-3cf1c58f985a").bytes_le
PART: Final = 8000
"""Characters of a block that one record holds at most."""

FIRST_WITH_BLOCKS: Final = 9600
"""Build from which on script blocks are logged, with PowerShell 5; Windows 7 comes with PowerShell 2."""

BLOCK: Final = Event(
    channel=POWERSHELL, provider=PROVIDER, guid=GUID, id=4104, version=1, level=5, task=2, opcode=15,
    fields=fields("MessageNumber:u32 MessageTotal:u32 ScriptBlockText ScriptBlockId Path"), keywords=0,
)  # fmt: skip
PIPELINE: Final = Event(
    channel=POWERSHELL, provider=PROVIDER, guid=GUID, id=4103, version=1, level=4, task=106, opcode=20,
    fields=fields("ContextInfo UserData Payload"), keywords=0,
)  # fmt: skip
ENGINE: Final = Event(
    channel=CLASSIC_POWERSHELL, provider="PowerShell", guid=None, id=400, level=4, task=4,
    keywords=0x80000000000000, qualifiers=0, fields=(("", "text"), ("", "text"), ("", "text")),
)  # fmt: skip


class Blocks:
    """Script block and module logging."""

    def records(self, fact: Fact) -> Iterator[Record]:
        """Yield the records of one fact."""
        if isinstance(fact, Script) and fact.kind == "block":
            yield from self._parts(fact)
        elif isinstance(fact, Script) and fact.kind == "pipeline":
            yield _said(
                fact,
                PIPELINE,
                (
                    _context(fact),
                    "",
                    f'CommandInvocation({fact.command}): "{fact.command}"\r\n{fact.text}\r\n',
                ),
            )

    def _parts(self, fact: Script) -> Iterator[Record]:
        parts = [fact.text[n : n + PART] for n in range(0, len(fact.text), PART)] or [""]
        for number, part in enumerate(parts, start=1):
            yield _said(fact, BLOCK, (number, len(parts), part, identifier(fact), ""))


class Engine:
    """The classic log: an engine started. It names no PID."""

    def records(self, fact: Fact) -> Iterator[Record]:
        """Yield the records of one fact."""
        if isinstance(fact, Script) and fact.kind == "engine":
            details = (
                "\tNewEngineState=Available\r\n\tPreviousEngineState=None\r\n\r\n\tHostName=ConsoleHost\r\n"
                f"\tHostApplication={fact.command}\r\n\tEngineVersion=5.1.19041.1"
            )
            yield Record(fact.time, ENGINE, 0, 0, None, ("Available", "None", details), fact.key)


def identifier(fact: Script) -> str:
    """Return the ScriptBlockId."""
    return str(UUID(hashlib.md5(fact.key.encode(), usedforsecurity=False).hexdigest()))


def _context(fact: Script) -> str:
    lines = (
        "Severity = Informational", "Host Name = ConsoleHost", "Host Version = 5.1.19041.1",
        f"Host Application = {fact.process.command_line}", f"Command Name = {fact.command}",
        "Command Type = Cmdlet", f"User = {fact.process.account.text}",
    )  # fmt: skip
    return "".join(f"        {line}\r\n" for line in lines)


def _said(fact: Script, event: Event, values: tuple[object, ...]) -> Record:
    process = fact.process
    return Record(fact.time, event, process.pid, process.pid + 4, process.account.sid, values, fact.key)
