"""Security 4624, 4634 and 4647: which account a logon session is, from where, and when it ended.

Source: Microsoft, events 4624, 4634 and 4647. The identifier of a session (LogonId) stands in 4688 and
Sysmon 1 too, and ties a process to its account. It is unique until the next boot only.
"""

from __future__ import annotations

from typing import Final

from trackway.formats.rows import Shape
from trackway.schema import HOST_FACT
from trackway.sources.source import Source, address_in

EVENTS: Final = (4624, 4634, 4647)

SOURCE = Source(
    name="security_logon",
    title="Security log, logons",
    kinds=tuple(f"security_{number}" for number in EVENTS),
    shape=Shape(
        source="security_logon",
        providers=("Microsoft-Windows-Security-Auditing",),
        channels=("Security",),
        events=frozenset(EVENTS),
        fields=(
            *"TargetUserSid TargetUserName TargetDomainName TargetLogonId LogonType".split(),
            *"IpAddress WorkstationName ProcessId ProcessName".split(),
        ),
    ),
    table=HOST_FACT,
    default_on=True,
    needs="the policies Logon and Logoff, which are on by default",
    enable='auditpol /set /subcategory:"{0CCE9215-69AE-11D9-BED3-505054503030}" /success:enable',
    proves="this account logged on in this way, from this address, and this identifier is its session",
    never="what the session did",
    decoded={"other_side": address_in("IpAddress")},
)
