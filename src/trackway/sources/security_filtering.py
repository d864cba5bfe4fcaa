"""Security 5152 and 5154 to 5159: what the Windows Filtering Platform permitted or blocked.

Source: Microsoft, "Audit Filtering Platform Connection" and "event 5156". Fields are read by name:
the template called version 1 has other positions on newer builds, and 5156 writes `ProcessID` where
5158 writes `ProcessId`. PIDs are decimal here. For inbound traffic the column called Source is the
local side in old logs and the remote side in newer ones, so sides are not decided here. ICMP puts
type and code into the port columns.
"""

from __future__ import annotations

from trackway.formats.rows import Shape
from trackway.schema import CONNECTION_OBSERVATION
from trackway.sources.source import Source, address_in

SOURCE = Source(
    name="security_filtering",
    title="Security log, Windows Filtering Platform",
    kinds=tuple(f"security_{number}" for number in (5152, 5154, 5155, 5156, 5157, 5158, 5159)),
    shape=Shape(
        source="security_filtering",
        providers=("Microsoft-Windows-Security-Auditing",),
        channels=("Security",),
        events=frozenset((5152, 5154, 5155, 5156, 5157, 5158, 5159)),
        fields=(
            "ProcessId",
            "Application",
            "Direction",
            "SourceAddress",
            "SourcePort",
            "DestAddress",
            "DestPort",
            "Protocol",
        ),
    ),
    table=CONNECTION_OBSERVATION,
    default_on=False,
    needs='the audit subcategory "Filtering Platform Connection" (and "Filtering Platform Packet Drop" for 5152)',
    enable="auditpol /set /subcategory:{0CCE9226-69AE-11D9-BED3-505054503030} /success:enable /failure:enable",
    proves="the process with this PID and image was permitted (or refused) this five-tuple at this moment",
    never="that a connection was established, how many bytes went, when it ended, the user, the name asked for",
    decoded={
        "source_address": address_in("SourceAddress"),
        "destination_address": address_in("DestAddress"),
    },
)
