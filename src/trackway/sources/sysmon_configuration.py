"""The configuration of Sysmon: which events it writes, and which it leaves out.

Source: Sysinternals, "Sysmon" (`sysmon -c`, event 16: hash of the configuration's file) and "SysmonCommon".
The rules at work are what `sysmon -c` prints; a file that lies about may never have been loaded: the hash of
the last event 16 tells. `trackway.sysmon_rules` answers whether an event would have been written.
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import HOST_FACT
from trackway.sources.source import Source

SOURCE = Source(
    name="sysmon_configuration",
    title="Sysmon configuration",
    kinds=("sysmon_configuration",),
    shape=records("sysmon_configuration", "sysmon_rules", "Rules", "Hash", "AtWork", "TimeBasis"),
    table=HOST_FACT,
    default_on=False,
    built_in=False,
    needs="Sysmon installed, and somebody to keep its configuration or to print it",
    enable="sysmon -c > sysmon_configuration.txt",
    proves="with these rules, Sysmon writes some events and leaves out others",
    never="since when the rules are at work; of a file, that it was ever loaded",
)
