"""Sysmon 22: a process asked for a name and got this answer.

Source: Sysinternals, "Sysmon", event ID 22, which repeats event 3008 of the DNS-Client provider. It
has no query type. UtcTime comes from the clock of event 3. `-` stands for no results.
"""

from __future__ import annotations

from trackway.formats.rows import Shape
from trackway.schema import DNS_OBSERVATION
from trackway.sources.source import Decoded, Source
from trackway.sources.values import ANSWERS, answers

SOURCE = Source(
    name="sysmon_dns",
    title="Sysmon, DNS query",
    kinds=("sysmon_22",),
    shape=Shape(
        source="sysmon_dns",
        providers=("Microsoft-Windows-Sysmon",),
        channels=("Microsoft-Windows-Sysmon/Operational",),
        events=frozenset((22,)),
        fields=(
            "UtcTime",
            "ProcessGuid",
            "ProcessId",
            "Image",
            "User",
            "QueryName",
            "QueryStatus",
            "QueryResults",
        ),
    ),
    table=DNS_OBSERVATION,
    default_on=False,
    built_in=False,
    needs="Sysmon 10 or newer on Windows 8.1 or newer, with a configuration that includes DnsQuery",
    enable="sysmon -accepteula -i configuration.xml",
    proves="this process instance asked for this name at about this moment and got these answers",
    never="a connection; the query type; whether the cache or the wire answered; look-ups that bypass "
    "the Windows resolver (browser DoH, nslookup); names its configuration excludes",
    decoded={"answered": Decoded(field="QueryResults", function=answers, type=ANSWERS)},
)
