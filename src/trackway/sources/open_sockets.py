"""Connections seen open at one moment: netstat, Get-NetTCPConnection, Velociraptor's Netstat, osquery.

Source: Microsoft, "Get-NetTCPConnection" (State by word or by the number of TcpState, OwningProcess); RFC 9293, 3.3.2
(the states that follow the handshake); the words of German builds from netstat's output in parsers; Velociraptor's
Windows.Network.Netstat; osquery's process_open_sockets. A socket of PID 0 has outlived its process.
Get-Process, whose name many scripts put beside the PID, cuts `.exe` off and nothing else: of a name with another
point in it nobody knows whether it is whole.
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import CONNECTION_OBSERVATION
from trackway.sources.source import Source, address_in

SOURCE = Source(
    name="open_sockets",
    title="Open connections (netstat)",
    kinds=("open_sockets",),
    shape=records(
        "open_sockets",
        "open_sockets",
        "LocalAddress",
        "LocalPort",
        "RemoteAddress",
        "RemotePort",
        "Pid",
        "Protocol",
        "State",
        "Image",
        "ProcessName",
        "TimeBasis",
    ),
    table=CONNECTION_OBSERVATION,
    default_on=True,
    needs="somebody to print it while the host runs: it is in memory only",
    enable="netstat -anob > connections.txt",
    proves="this process had this connection (or listened on this port) at the moment of collection",
    never="when it began, which side opened it, or any connection that was closed before",
    decoded={
        "local": address_in("LocalAddress"),
        "remote": address_in("RemoteAddress"),
    },
)
