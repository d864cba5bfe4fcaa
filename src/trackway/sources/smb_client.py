"""SMB client: connections to file servers that failed or broke, and refused logons.

Source: the manifest of Microsoft-Windows-SMBClient. Its channels Connectivity and Security are on by
default. The kernel connects (PID 4), so no process is named. `Address` is the server's SOCKADDR.
"""

from __future__ import annotations

from typing import Final

from trackway.formats.rows import Shape
from trackway.schema import HOST_FACT, TEXT
from trackway.sources.source import Decoded, Source
from trackway.sources.values import socket_address

EVENTS: Final = (30803, 30804, 30805, 30806, 30807, 31001)

SOURCE = Source(
    name="smb_client",
    title="SMB client logs",
    kinds=tuple(f"smb_{number}" for number in EVENTS),
    shape=Shape(
        source="smb_client",
        providers=("Microsoft-Windows-SMBClient",),
        channels=(),
        events=frozenset(EVENTS),
        fields=(*"Reason Status ServerName Address UserName PrincipalName".split(),),
    ),
    table=HOST_FACT,
    default_on=True,
    needs="nothing; Microsoft-Windows-SmbClient/Connectivity and /Security are on by default",
    enable="wevtutil sl Microsoft-Windows-SmbClient/Connectivity /e:true",
    proves="this host tried to reach this file server, or lost it, at this moment",
    never="which process wanted the share; connections that went well",
    decoded={"server": Decoded(field="Address", function=socket_address, type=TEXT)},
)
