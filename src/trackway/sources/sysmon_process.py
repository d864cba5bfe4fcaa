"""Sysmon 1 and 5: a process started, a process ended.

Source: Sysinternals, "Sysmon", event IDs 1 and 5. UtcTime is the time of the activity in UTC and
comes from the system clock, unlike that of events 3 and 22. ProcessGuid names the instance and holds
its start time.
"""

from __future__ import annotations

from trackway.formats.rows import Shape
from trackway.schema import PROCESS_OBSERVATION
from trackway.sources.source import Source

SOURCE = Source(
    name="sysmon_process",
    title="Sysmon, process creation and termination",
    kinds=("sysmon_1", "sysmon_5"),
    shape=Shape(
        source="sysmon_process",
        providers=("Microsoft-Windows-Sysmon",),
        channels=("Microsoft-Windows-Sysmon/Operational",),
        events=frozenset((1, 5)),
        fields=(
            "UtcTime",
            "ProcessGuid",
            "ProcessId",
            "Image",
            "CommandLine",
            "User",
            "LogonId",
            "TerminalSessionId",
            "IntegrityLevel",
            "Hashes",
            "ParentProcessGuid",
            "ParentProcessId",
            "ParentImage",
            "ParentCommandLine",
        ),
    ),
    table=PROCESS_OBSERVATION,
    default_on=False,
    built_in=False,
    needs="Sysmon installed with a configuration that includes ProcessCreate",
    enable="sysmon -accepteula -i configuration.xml",
    proves="this process instance started (or ended) at this moment, with this command line, user, parent and hashes",
    never="what the process did; processes that its configuration excludes",
)
