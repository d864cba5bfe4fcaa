"""NetworkProfile: which network this host was on, and as what the firewall took it.

Source: the manifest of Microsoft-Windows-NetworkProfile. Category 0 is public, 1 private, 2 domain: it
chooses the profile of the firewall, and so its log and its rules. The channel is on by default.
"""

from __future__ import annotations

from typing import Final

from trackway.formats.rows import Shape
from trackway.schema import HOST_FACT
from trackway.sources.source import Source

EVENTS: Final = (10000, 10001)

SOURCE = Source(
    name="network_profiles",
    title="NetworkProfile log",
    kinds=tuple(f"network_{number}" for number in EVENTS),
    shape=Shape(
        source="network_profiles",
        providers=("Microsoft-Windows-NetworkProfile",),
        channels=(),
        events=frozenset(EVENTS),
        fields=(*"Name Guid Category".split(),),
    ),
    table=HOST_FACT,
    default_on=True,
    needs="nothing; the channel Microsoft-Windows-NetworkProfile/Operational is on by default",
    enable="wevtutil sl Microsoft-Windows-NetworkProfile/Operational /e:true",
    proves="this host joined or left this network, which the firewall took for this profile",
    never="the addresses it had there",
)
