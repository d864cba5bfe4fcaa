r"""SRUM: how many bytes a program sent and received from one hour to the next, and when a network was there.

Source: "System Resource Usage Monitor (SRUM) database" of the esedb-kb project; NET_LUID of Microsoft's documentation
(the upper 16 bits are the interface's type: 6 Ethernet, 71 wireless, 23 PPP, 131 a tunnel, 243 and 244 mobile).
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import HOST_FACT
from trackway.sources.source import Source

SOURCE = Source(
    name="srum",
    title="Program traffic by the hour (SRUM)",
    kinds=("srum_usage", "srum_connectivity"),
    shape=records("srum", "srum", *"Counted App User Interface Sent Received Seconds Since".split()),
    table=HOST_FACT,
    default_on=True,
    needs="nothing; Windows 8 and later count, servers too, and keep one to two months",
    enable="sc config DPS start= auto & sc start DPS",
    proves="this program, under this account, sent and received so many bytes in the hour or so before that moment",
    never="to or from whom; through how many connections; which process of the program",
)
