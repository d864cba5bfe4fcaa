"""PowerShell 4103 and 4104, and 400 and 600 of the classic log.

Source: Microsoft, "about_Logging_Windows". The header PID of 4103 and 4104 is the PowerShell process
itself. A script block longer than one record comes in parts, MessageNumber of MessageTotal. The classic
log has no PID; its `HostApplication=` holds the command line.
"""

from __future__ import annotations

from trackway.formats.rows import Shape
from trackway.schema import SCRIPT_OBSERVATION
from trackway.sources.source import Source

SOURCE = Source(
    name="powershell",
    title="PowerShell logs",
    kinds=("powershell_4103", "powershell_4104", "powershell_400", "powershell_600"),
    shape=Shape(
        source="powershell",
        providers=("Microsoft-Windows-PowerShell", "PowerShellCore", "PowerShell"),
        channels=(
            "Microsoft-Windows-PowerShell/Operational",
            "PowerShellCore/Operational",
            "Windows PowerShell",
        ),
        events=frozenset((4103, 4104, 400, 600)),
        fields=(
            "ScriptBlockText",
            "ScriptBlockId",
            "MessageNumber",
            "MessageTotal",
            "Path",
            "ContextInfo",
            "Payload",
            "Data",
            "Message",
        ),
    ),
    table=SCRIPT_OBSERVATION,
    default_on=False,
    needs="script block logging (4104), module logging (4103); suspicious blocks, 400 and 600 are written without it",
    enable=r"reg add HKLM\SOFTWARE\Policies\Microsoft\Windows\PowerShell\ScriptBlockLogging "
    "/v EnableScriptBlockLogging /t REG_DWORD /d 1",
    proves="this PowerShell process compiled this text (4104) or ran this pipeline (4103)",
    never="that a block's every line was run; code run by other engines; 400 and 600 never say the PID",
)
