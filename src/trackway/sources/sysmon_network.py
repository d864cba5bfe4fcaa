"""Sysmon 3: a process opened or accepted a connection.

Source: Sysinternals, "Sysmon", event ID 3. UtcTime comes from another clock than that of event 1
and of the Security log. DestinationHostname is Sysmon's own reverse look-up, not the name that the
process asked for: it is kept as a hint and never becomes a name. Initiated can be trusted for TCP
only. IPv6 is written uncompressed. `<unknown process>` with a null GUID means that the process had
gone when Sysmon looked.
"""

from __future__ import annotations

from trackway.formats.rows import Shape
from trackway.schema import CONNECTION_OBSERVATION
from trackway.sources.source import Source, address_in

SOURCE = Source(
    name="sysmon_network",
    title="Sysmon, network connection",
    kinds=("sysmon_3",),
    shape=Shape(
        source="sysmon_network",
        providers=("Microsoft-Windows-Sysmon",),
        channels=("Microsoft-Windows-Sysmon/Operational",),
        events=frozenset((3,)),
        fields=(
            "UtcTime",
            "ProcessGuid",
            "ProcessId",
            "Image",
            "User",
            "Protocol",
            "Initiated",
            "SourceIp",
            "SourcePort",
            "DestinationIp",
            "DestinationPort",
            "DestinationHostname",
        ),
    ),
    table=CONNECTION_OBSERVATION,
    default_on=False,
    built_in=False,
    needs="Sysmon installed with a configuration that includes NetworkConnect",
    enable="sysmon -accepteula -i configuration.xml",
    proves="this process instance and user had this connection at about this moment",
    never="the name that was asked for, blocked or failed attempts, bytes, connections its configuration excludes",
    decoded={
        "source_address": address_in("SourceIp"),
        "destination_address": address_in("DestinationIp"),
    },
)
