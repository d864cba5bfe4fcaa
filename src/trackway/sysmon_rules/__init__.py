"""Whether a Sysmon configuration would have written an event: the rules, evaluated as Sysmon evaluates them.

Source: Sysinternals, "SysmonCommon" (`rules.c`: FilterEventRules, MatchFilterGroup, MatchFilterOnSpecificRule;
`xml.cpp`: how groups without a relation are combined; `manifest.xml`: defaults), MIT, read 2026-11; the same
rules run in Sysmon for Windows. No answer is given where the event is not known well enough to tell.
"""

from __future__ import annotations

from trackway.sysmon_rules.compared import Ending
from trackway.sysmon_rules.evaluated import NAMES, Verdict, verdict, would_write
from trackway.sysmon_rules.occurrence import STARTED, UNKNOWN, Occurrence, judged, rules_of
from trackway.sysmon_rules.rules import Condition, Filter, Group, Rules, loaded
from trackway.sysmon_rules.written import NotAConfiguration, from_dump, from_xml

__all__ = [
    "NAMES",
    "STARTED",
    "UNKNOWN",
    "Condition",
    "Ending",
    "Filter",
    "Group",
    "NotAConfiguration",
    "Occurrence",
    "Rules",
    "Verdict",
    "from_dump",
    "from_xml",
    "judged",
    "loaded",
    "rules_of",
    "verdict",
    "would_write",
]
