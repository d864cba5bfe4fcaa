"""Microsoft Defender for Endpoint: a process was created, in a device timeline or in DeviceProcessEvents.

Source: Microsoft, reference of the table DeviceProcessEvents; exports. The columns without `Initiating`
are the new process, the others its creator. FolderPath holds the whole path in Advanced Hunting and the
folder alone in a timeline.
"""

from __future__ import annotations

from typing import Final

from trackway.formats.rows import Shape
from trackway.formats.vendor_forms import DEFENDER
from trackway.schema import PROCESS_OBSERVATION
from trackway.sources.defender_values import INITIATING
from trackway.sources.source import Source

ACTIONS: Final = ("ProcessCreated", "ProcessCreatedAggregatedReport")

SOURCE = Source(
    name="defender_process",
    title="Defender for Endpoint, process events",
    kinds=tuple(f"defender_{action.lower()}" for action in ACTIONS),
    shape=Shape(
        source="defender_process",
        providers=(),
        channels=tuple(f"{DEFENDER}{action}" for action in ACTIONS),
        events=frozenset((0,)),
        fields=(
            "ActionType",
            *"FileName FolderPath SHA1 SHA256 MD5 ProcessId ProcessCommandLine ProcessCreationTime".split(),
            *"ProcessIntegrityLevel AccountDomain AccountName AccountSid LogonId".split(),
            *INITIATING,
        ),
    ),
    table=PROCESS_OBSERVATION,
    default_on=False,
    built_in=False,
    needs="the device is onboarded to Microsoft Defender for Endpoint; export its timeline, or DeviceProcessEvents",
    enable="onboard the device, then export the timeline from its page, or the query's result",
    proves="this process was created with this command line, by this process, as this user",
    never="when it ended; every creation (what repeats is capped and aggregated)",
    further={"defender_initiator": PROCESS_OBSERVATION},
)
