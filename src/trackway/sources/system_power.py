"""System log: boot, shutdown, sleep, wake, and changes of the clock.

Source: Microsoft, providers Kernel-General (1 clock, 12 start, 13 stop), Kernel-Power (42 sleep, 107 wake,
109 shutdown asked for, 506 and 507 connected standby), EventLog (6005 started, 6006 stopped, 6008 the last
shutdown was none, 6011 the host was renamed, 6013 uptime and time zone), Eventlog 104 (a log was cleared); recordings.
Nothing is written while a host sleeps or is off: silence then means nothing else. 6013 names the time zone.
"""

from __future__ import annotations

from typing import Final

from trackway.formats.rows import Shape
from trackway.schema import HOST_FACT
from trackway.sources.source import Source

EVENTS: Final = (1, 12, 13, 42, 104, 107, 109, 506, 507, 6005, 6006, 6007, 6008, 6011, 6013)

SOURCE = Source(
    name="system_power",
    title="System log, power and clock",
    kinds=tuple(f"system_{number}" for number in EVENTS),
    shape=Shape(
        source="system_power",
        providers=(
            "Microsoft-Windows-Kernel-General",
            "Microsoft-Windows-Kernel-Power",
            "Microsoft-Windows-Eventlog",
            "EventLog",
        ),
        channels=(),
        events=frozenset(EVENTS),
        fields=(
            *"OldTime NewTime Reason StartTime StopTime SleepReason TargetState".split(),
            *"ProcessID ProcessName SubjectUserName SubjectDomainName Channel Data".split(),
        ),
    ),
    table=HOST_FACT,
    default_on=True,
    needs="nothing",
    enable="always on",
    proves="the host started, stopped, slept or woke, or its clock was set, at this moment",
    never="why",
)
