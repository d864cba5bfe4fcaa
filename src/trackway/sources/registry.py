r"""The registry: who the host is, which zone its clock keeps, and what it was told to log.

Source: Microsoft's documentation of the settings: ComputerName, TimeZoneInformation (UTC is local time and the bias),
Dnscache parameters, Tcpip interfaces, the firewall's own and its policy's logging, WINEVT\Channels, PowerShell's and
the audit policies, NetworkList (Category 0 public, 1 private, 2 domain).
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import HOST_FACT
from trackway.sources.source import Source

SOURCE = Source(
    name="registry",
    title="Registry",
    kinds=("registry",),
    shape=records("registry", "registry", "Key", "Name", "Data", "TimeBasis"),
    table=HOST_FACT,
    default_on=True,
    needs="the hives SYSTEM, SOFTWARE and SECURITY, which a running host lends out through a shadow copy only",
    enable=r"reg save HKLM\SYSTEM SYSTEM",
    proves="this was set when the hive was copied",
    never="since when; what a change in its transaction logs has made of it",
)
