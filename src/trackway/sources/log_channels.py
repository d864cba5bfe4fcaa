"""The channels of the event log: whether each is on, how large it may grow, what becomes of it then.

Source: Microsoft, "wevtutil get-log", "Get-WinEvent -ListLog" (EventLogMode: Circular 0, AutoBackup 1, Retain 2). A log
that wraps forgets its oldest records; one that retains stops when it is full.
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import HOST_FACT
from trackway.sources.source import Source

SOURCE = Source(
    name="log_channels",
    title="Event log channels",
    kinds=("log_channels",),
    shape=records(
        "log_channels",
        "log_channels",
        *("LogName", "Enabled", "MaxSize", "Mode", "Retention", "AutoBackup", "TimeBasis"),
    ),
    table=HOST_FACT,
    default_on=True,
    needs="somebody to print them",
    enable="Get-WinEvent -ListLog * | Select-Object LogName, IsEnabled, LogMode, MaximumSizeInBytes | ConvertTo-Json",
    proves="this channel was on or off, and so large at most, when it was printed",
    never="since when; that its provider writes anything",
)
