"""Remote Desktop client: to which host somebody connected from here.

Source: the manifest of Microsoft-Windows-TerminalServices-ClientActiveXCore, whose channel is
TerminalServices-RDPClient/Operational: 1024 holds the name that was typed, 1102 the address that was
reached. The header's process is the client (mstsc.exe), its user the person. On by default.
"""

from __future__ import annotations

from typing import Final

from trackway.formats.rows import Shape
from trackway.schema import HOST_FACT
from trackway.sources.source import Source

EVENTS: Final = (1024, 1102)

SOURCE = Source(
    name="rdp_client",
    title="Remote Desktop client log",
    kinds=tuple(f"rdp_{number}" for number in EVENTS),
    shape=Shape(
        source="rdp_client",
        providers=("Microsoft-Windows-TerminalServices-ClientActiveXCore",),
        channels=(),
        events=frozenset(EVENTS),
        fields=("Value",),
    ),
    table=HOST_FACT,
    default_on=True,
    needs="nothing; the channel Microsoft-Windows-TerminalServices-RDPClient/Operational is on by default",
    enable="wevtutil sl Microsoft-Windows-TerminalServices-RDPClient/Operational /e:true",
    proves="this user asked for a Remote Desktop of this host from here",
    never="whether a session came about",
)
