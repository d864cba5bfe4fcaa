"""INFO-EVENTS-LOST in pfirewall.log: the firewall could not write some lines.

Source: Microsoft, "Interpreting the Windows Firewall log": the column `info` holds how many events were
lost before this moment. Where such a line stands, the silence of the log proves nothing.
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import HOST_FACT
from trackway.sources.source import Source

SOURCE = Source(
    name="firewall_lost",
    title="Windows Firewall log, lost events",
    kinds=("firewall_lost",),
    shape=records("firewall_lost", "firewall_lost", "info"),
    table=HOST_FACT,
    default_on=False,
    needs="as for the Windows Firewall log",
    enable="netsh advfirewall set allprofiles logging allowedconnections enable",
    proves="the log lacks at least so many lines before this second",
    never="which lines are missing",
)
