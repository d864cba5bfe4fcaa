"""Windows Firewall: rules and settings that were changed, and ports whose listening it blocked.

Source: the manifest of Microsoft-Windows-Windows Firewall With Advanced Security. 2004 to 2006 are rules
added, changed and deleted, 2002 and 2003 settings, 2010 the profile of an interface, 2011 a program that
was kept from listening. On by default.
"""

from __future__ import annotations

from typing import Final

from trackway.formats.rows import Shape
from trackway.schema import HOST_FACT
from trackway.sources.source import Source

EVENTS: Final = (2002, 2003, 2004, 2005, 2006, 2010, 2011)

SOURCE = Source(
    name="firewall_rules",
    title="Windows Firewall, rules and settings",
    kinds=tuple(f"firewall_{number}" for number in EVENTS),
    shape=Shape(
        source="firewall_rules",
        providers=("Microsoft-Windows-Windows Firewall With Advanced Security",),
        channels=(),
        events=frozenset(EVENTS),
        fields=(
            *"RuleName RuleId ApplicationPath Direction Action RemotePorts RemoteAddresses".split(),
            *"SettingType SettingValueString Profiles InterfaceName OldProfile NewProfile".split(),
            *"Port ProcessId ModifyingUser ModifyingApplication".split(),
        ),
    ),
    table=HOST_FACT,
    default_on=True,
    needs="nothing; the channel Microsoft-Windows-Windows Firewall With Advanced Security/Firewall "
    "is on by default",
    enable="wevtutil sl 'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall' /e:true",
    proves="this program changed this rule or setting of the firewall at this moment",
    never="what the rule let through",
)
