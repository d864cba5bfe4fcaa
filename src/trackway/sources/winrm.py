"""WinRM: sessions that this host opened to others, and shells that others opened here.

Source: the manifest of Microsoft-Windows-WinRM. 6 names the destination as the program wrote it, 91 a
shell on this side, 142 and 161 what failed. The header's process is the client. On by default.
"""

from __future__ import annotations

from typing import Final

from trackway.formats.rows import Shape
from trackway.schema import HOST_FACT
from trackway.sources.source import Source

EVENTS: Final = (6, 91, 142, 161)

SOURCE = Source(
    name="winrm",
    title="WinRM log",
    kinds=tuple(f"winrm_{number}" for number in EVENTS),
    shape=Shape(
        source="winrm",
        providers=("Microsoft-Windows-WinRM",),
        channels=(),
        events=frozenset(EVENTS),
        fields=(*"connection resourceUri operationName errorCode authFailureMessage".split(),),
    ),
    table=HOST_FACT,
    default_on=True,
    needs="nothing; the channel Microsoft-Windows-WinRM/Operational is on by default",
    enable="wevtutil sl Microsoft-Windows-WinRM/Operational /e:true",
    proves="this process of this host opened a remote session to this destination",
    never="what was run there",
)
