"""Security log: what happened to the log, the policy, the clock and the firewall's guests.

Source: Microsoft, events 1100 to 1102, 4608, 4616, 4719, 5031, 5150 and 5151, and recordings. 1102 and 4719 bound
the time in which silence of the log means something. 4616 of Windows 7 has date and time apart. 4719 lists
its changes as %%8448 to %%8451, and is written whatever the policy says.
"""

from __future__ import annotations

from typing import Final

from trackway.formats.rows import Shape
from trackway.schema import HOST_FACT
from trackway.sources.source import Source

EVENTS: Final = (1100, 1101, 1102, 4608, 4616, 4719, 5031, 5150, 5151)

SOURCE = Source(
    name="security_host",
    title="Security log, the host itself",
    kinds=tuple(f"security_{number}" for number in EVENTS),
    shape=Shape(
        source="security_host",
        providers=("Microsoft-Windows-Security-Auditing", "Microsoft-Windows-Eventlog"),
        channels=("Security",),
        events=frozenset(EVENTS),
        fields=(
            *"SubjectUserSid SubjectUserName SubjectDomainName".split(),
            *"PreviousDate PreviousTime NewDate NewTime ProcessId ProcessName".split(),
            *"SubcategoryGuid SubcategoryId AuditPolicyChanges Profiles Application".split(),
            *"SourceAddress DestAddress".split(),
        ),
    ),
    table=HOST_FACT,
    default_on=True,
    needs="nothing for 1100 to 1102 and 4608; the policies Security State Change (4616), Audit Policy Change (4719) "
    "and Filtering Platform Connection (5031, 5150, 5151)",
    enable='auditpol /set /subcategory:"{0CCE9210-69AE-11D9-BED3-505054503030}" /success:enable',
    proves="the log was cleared or stopped, the policy or the clock changed, at this moment by this account",
    never="what the log held before it was cleared",
)
