"""pfirewall.log: what the Windows Firewall let through, or did not, second by second.

Source: Microsoft, "Configure logging" of the Windows Firewall; logs of Windows XP to 11. Source and
destination are in the order of the packet: with SEND the source is this host, with RECEIVE it is the
other side. ALLOW is an authorisation, not an established connection. `pid` came with builds of late
2021; the log's version did not change. Local time is the host's wall clock, which repeats an hour in
autumn; `#Time Format` may say UTC.
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import CONNECTION_OBSERVATION
from trackway.sources.source import Source, address_in

SOURCE = Source(
    name="firewall_log",
    title="Windows Firewall log (pfirewall.log)",
    kinds=("firewall_log",),
    shape=records(
        "firewall_log",
        "firewall_log",
        "action",
        "protocol",
        "src-ip",
        "dst-ip",
        "src-port",
        "dst-port",
        "icmptype",
        "icmpcode",
        "path",
        "pid",
    ),
    table=CONNECTION_OBSERVATION,
    default_on=False,
    needs="logging switched on for the profile that was active; allowed and dropped connections are two switches",
    enable="netsh advfirewall set allprofiles logging allowedconnections enable",
    proves="the firewall authorised or blocked this five-tuple in this second; on newer builds for this PID",
    never="the image, the user, bytes, that a connection was established, the name asked for",
    decoded={
        "source_address": address_in("src-ip"),
        "destination_address": address_in("dst-ip"),
    },
)
