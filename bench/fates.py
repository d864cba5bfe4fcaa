"""What befalls which witness in the worlds of `blindness.py`; among it configurations of Sysmon of every kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ALL: Final = frozenset({"4688", "5156", "sysmon", "dns_client", "system", "pfirewall"})
SYSMON: Final = frozenset({"sysmon", "system"})


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What befalls which witness.

    Attributes:
        name: as it is printed.
        sources: groups of sources that are on.
        scenario: of the lab.
        limit: bytes after which a log is written over.
        excludes: programs that Sysmon's configuration leaves out; this evidence does not hold it.
        configuration: of Sysmon, as XML; it is in the evidence.
        removed: name of the file that was not collected.
    """

    name: str
    sources: frozenset[str]
    scenario: str = "office"
    limit: int | None = None
    excludes: tuple[str, ...] = ()
    configuration: str | None = None
    removed: str | None = None


def _group(event: str, onmatch: str, rules: str, relation: str = "or") -> str:
    return f'<RuleGroup groupRelation="{relation}"><{event} onmatch="{onmatch}">{rules}</{event}></RuleGroup>'


def _configuration(*groups: str) -> str:
    return f'<Sysmon schemaversion="4.50"><EventFiltering>{"".join(groups)}</EventFiltering></Sysmon>'


def _rule(field: str, condition: str, value: str) -> str:
    return f'<{field} condition="{condition}">{value}</{field}>'


_START, _NET, _DNS = "ProcessCreate", "NetworkConnect", "DnsQuery"
_ALL_OF: Final = tuple(_group(event, "exclude", "") for event in (_START, _NET, _DNS))
_SVCHOST: Final = _rule("Image", "image", "svchost.exe")
_UNDER: Final = _rule("Image", "begin with", "C:\\Program Files")

CONFIGURATIONS: Final = {
    "everything": _configuration(*_ALL_OF),
    "nothing but starts": _configuration(_group(_START, "exclude", "")),
    "excludes programs": _configuration(
        *(_group(event, "exclude", _SVCHOST) for event in (_START, _NET, _DNS))
    ),
    "includes programs": _configuration(
        *(_group(event, "include", _UNDER) for event in (_START, _NET, _DNS))
    ),
    "includes ports": _configuration(
        _group(_START, "include", _rule("Image", "contains any", "powershell;cmd.exe")),
        _group(_NET, "include", _rule("DestinationPort", "is any", "80;443;4444")),
        _group(_DNS, "include", _rule("QueryName", "contains", ".test")),
    ),
    "excludes names": _configuration(
        _group(_START, "exclude", _rule("CommandLine", "contains all", "svchost;-k")),
        _group(_NET, "exclude", _rule("DestinationPort", "is", "53") + _rule("Protocol", "is", "udp")),
        _group(
            _DNS,
            "exclude",
            _rule("QueryName", "end with", ".example.test") + _rule("QueryName", "is any", "a;b"),
        ),
    ),
    "both lists": _configuration(
        *(
            _group(event, "include", _rule("Image", "not begin with", "C:\\Users"))
            for event in (_START, _NET, _DNS)
        ),
        *(_group(event, "exclude", _rule("Image", "end with", "host.exe")) for event in (_START, _NET, _DNS)),
    ),
    "rules by and": _configuration(
        *(
            _group(
                event,
                "exclude",
                '<Rule groupRelation="and">'
                + _rule("Image", "contains", "windows")
                + _rule("Image", "excludes", "powershell")
                + "</Rule>"
                + _rule("Image", "is", "C:\\Windows\\explorer.exe"),
            )
            for event in (_START, _NET, _DNS)
        )
    ),
    "lists by and": _configuration(
        _group(_START, "exclude", _SVCHOST + _rule("CommandLine", "contains", "netsvcs"), "and"),
        _group(
            _NET,
            "exclude",
            _SVCHOST + _rule("DestinationPort", "less than", "5") + _rule("Image", "image", "x"),
            "and",
        ),
        _group(_DNS, "exclude", _SVCHOST + _rule("QueryName", "more than", "m"), "and"),
    ),
    "rules by or": _configuration(
        *(
            _group(
                event,
                "include",
                '<Rule groupRelation="or">'
                + _SVCHOST
                + _rule("Image", "not end with", ".dll")
                + "</Rule>"
                + _UNDER,
                "and",
            )
            for event in (_START, _NET, _DNS)
        )
    ),
}
"""Configurations of Sysmon: each condition and each relation stands in one of them."""

FATES: Final = (
    Fate(name="nothing", sources=ALL - {"pfirewall"}),
    Fate(name="5156 off", sources=ALL - {"5156", "pfirewall"}),
    Fate(name="DNS-Client off", sources=ALL - {"dns_client", "sysmon"}),
    Fate(name="Security cleared", sources=ALL - {"pfirewall"}, scenario="cleared"),
    Fate(name="logs written over", sources=ALL - {"pfirewall"}, limit=400_000),
    Fate(
        name="Sysmon filtered, by what is not known", sources=SYSMON, excludes=("svchost.exe", "browser.exe")
    ),
    Fate(name="slept through", sources=ALL - {"pfirewall"}, scenario="everything"),
    Fate(name="Security not collected", sources=ALL - {"pfirewall"}, removed="Security.evtx"),
    Fate(
        name="DNS-Client not collected",
        sources=ALL - {"sysmon"},
        removed="Microsoft-Windows-DNS-Client%4Operational.evtx",
    ),
    Fate(name="pfirewall.log alone", sources=frozenset({"pfirewall", "4688", "system"})),
    *(
        Fate(name=f"Sysmon, {name}", sources=SYSMON | further, configuration=configuration)
        for name, configuration in CONFIGURATIONS.items()
        for further in (frozenset[str](), frozenset({"5156"}))
    ),
)
