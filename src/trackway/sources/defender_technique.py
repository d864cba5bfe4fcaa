"""Microsoft Defender for Endpoint: ATT&CK techniques that its timeline marks.

Source: exports of device timelines (`Data Type` is `Techniques`); MITRE ATT&CK, deprecated techniques, read
2026-11. T1043, Commonly Used Port, was deprecated with version 7 and has no single heir: what it stood for
is told by the protocol (T1071) where the port fits it, and by T1571 where it does not.
"""

from __future__ import annotations

from typing import Final

from trackway.formats.rows import Shape
from trackway.formats.vendor_forms import DEFENDER
from trackway.schema import HOST_FACT
from trackway.sources.defender_values import ADDITIONAL, additional
from trackway.sources.source import Decoded, Source

ACTION: Final = "Technique"

SOURCE = Source(
    name="defender_technique",
    title="Defender for Endpoint, techniques",
    kinds=("defender_technique",),
    shape=Shape(
        source="defender_technique",
        providers=(),
        channels=(f"{DEFENDER}{ACTION}",),
        events=frozenset((0,)),
        fields=(
            "ActionType",
            "AdditionalFields",
            *(f"InitiatingProcess{name}" for name in "Id CreationTime FileName FolderPath".split()),
            *(f"InitiatingProcessAccount{name}" for name in "Domain Name Sid".split()),
        ),
    ),
    table=HOST_FACT,
    default_on=False,
    built_in=False,
    needs="the device is onboarded to Microsoft Defender for Endpoint; export its timeline",
    enable="onboard the device, then export the timeline from its page",
    proves="Defender took this process's behaviour for this technique",
    never="which connection it meant",
    decoded={
        "told": Decoded(field="ActionType", function=additional, type=ADDITIONAL),
        "more": Decoded(field="AdditionalFields", function=additional, type=ADDITIONAL),
    },
)
