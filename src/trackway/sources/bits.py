"""BITS: who asked the transfer service for which file, and what became of it.

Source: the manifest of Microsoft-Windows-Bits-Client, and recordings. The service connects itself, from a
svchost of its own: these records alone name the process that asked (3, 16403). 59 starts a transfer, 60
ends one, 61 ends one with an error; sizes of 2^64-1 are unknown. The log is on by default.
"""

from __future__ import annotations

from typing import Final

from trackway.formats.rows import Shape
from trackway.schema import HOST_FACT
from trackway.sources.source import Source

EVENTS: Final = (3, 4, 59, 60, 61, 16403)

SOURCE = Source(
    name="bits",
    title="BITS client log",
    kinds=tuple(f"bits_{number}" for number in EVENTS),
    shape=Shape(
        source="bits",
        providers=("Microsoft-Windows-Bits-Client",),
        channels=(),
        events=frozenset(EVENTS),
        fields=(
            *"jobTitle jobId jobOwner processPath processId Id url hr bytesTransferred".split(),
            *"RemoteName LocalName".split(),
        ),
    ),
    table=HOST_FACT,
    default_on=True,
    needs="nothing; the channel Microsoft-Windows-Bits-Client/Operational is on by default",
    enable="wevtutil sl Microsoft-Windows-Bits-Client/Operational /e:true",
    proves="this process asked BITS for this URL, and the service fetched it, or failed",
    never="which connection carried it; what the file is",
)
