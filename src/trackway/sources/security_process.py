"""Security 4688 and 4689: a process started, a process ended.

Source: Microsoft, "event 4688". PIDs are hexadecimal here; `ProcessId` of 4688 is the creator.
The Subject is who created the process; Target is who it runs as, where that is somebody else
(S-1-0-0 or `-` where it is not). Windows 7 has neither command line nor parent name.
"""

from __future__ import annotations

from trackway.formats.rows import Shape
from trackway.schema import PROCESS_OBSERVATION
from trackway.sources.source import Source

SOURCE = Source(
    name="security_process",
    title="Security log, process creation and termination",
    kinds=("security_4688", "security_4689"),
    shape=Shape(
        source="security_process",
        providers=("Microsoft-Windows-Security-Auditing",),
        channels=("Security",),
        events=frozenset((4688, 4689)),
        fields=(
            "SubjectUserSid",
            "SubjectUserName",
            "SubjectDomainName",
            "SubjectLogonId",
            "TargetUserSid",
            "TargetUserName",
            "TargetDomainName",
            "TargetLogonId",
            "NewProcessId",
            "NewProcessName",
            "ProcessId",
            "ProcessName",
            "ParentProcessName",
            "CommandLine",
            "MandatoryLabel",
        ),
    ),
    table=PROCESS_OBSERVATION,
    default_on=False,
    needs='the audit subcategories "Process Creation" and "Process Termination"; '
    "for command lines also ProcessCreationIncludeCmdLine_Enabled = 1",
    enable="auditpol /set /subcategory:{0CCE922B-69AE-11D9-BED3-505054503030} /success:enable",
    proves="this process started (or ended) at this moment, created by that PID, as that user",
    never="what the process did; without the policy for it, its command line",
)
