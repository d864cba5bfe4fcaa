"""Advice: which witnesses to switch on next time, what they would have cost here, and how to undo it.

Commands and registry values: Microsoft, "auditpol", "wevtutil", "netsh advfirewall", "Audit Process Creation";
Sysinternals, "Sysmon". Nothing is ever run. Volumes are this host's own rates times the bytes of a record.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from trackway.coverage.asked import rows

GOALS: Final = ("names", "processes", "both")
MEGABYTE: Final = 1_000_000
FIREWALL_LOG: Final = 32767 << 10
"""The most that pfirewall.log may hold; the one before it is kept as pfirewall.log.old."""
_BLOCK: Final = 64 << 10
_USUAL: Final = 20 << 20
_FILTERING: Final = "{0CCE9226-69AE-11D9-BED3-505054503030}"
_CREATION: Final = "{0CCE922B-69AE-11D9-BED3-505054503030}"
_TERMINATION: Final = "{0CCE922C-69AE-11D9-BED3-505054503030}"
_POLICIES: Final = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\Audit"
_POWERSHELL: Final = "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell\\ScriptBlockLogging"
_FIREWALL: Final = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall"
_SYSMON: Final = "Microsoft-Windows-Sysmon/Operational"
_LARGEST: Final = {
    _SYSMON: 64 << 20
}  # as it is installed; of the others none is larger than the Security log
_DNS: Final = "Microsoft-Windows-DNS-Client/Operational"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subcategory:
    """One line of an audit.csv."""

    guid: str
    name: str
    setting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """One witness that can be switched on.

    Attributes:
        name: as it is called.
        kind: kind of record that shows whether it is on.
        goals: questions that it helps with: names, processes.
        records: records that one connection, look-up, start and block make, in bytes.
        log: channel whose size must hold them; null for a text file.
        enable: commands of Windows PowerShell that switch it on.
        revert: commands that switch it off.
        policy: where the group policy is.
        audit: lines of an audit.csv.
        registry: values of a group policy, below HKLM: key, name, number.
    """

    name: str
    kind: str
    goals: tuple[str, ...]
    records: Mapping[str, int]
    log: str | None
    enable: tuple[str, ...]
    revert: tuple[str, ...]
    policy: str
    audit: tuple[Subcategory, ...] = ()
    registry: tuple[tuple[str, str, int], ...] = ()


def _audit(guid: str, *, on: bool, failure: bool = False) -> str:
    word = "enable" if on else "disable"
    return f'auditpol /set /subcategory:"{guid}" /success:{word}' + (f" /failure:{word}" if failure else "")


_CONFIGURATION: Final = "Computer Configuration > Policies > Windows Settings > Security Settings"
_TEMPLATES: Final = "Computer Configuration > Policies > Administrative Templates"
MEANS: Final = (
    Means(
        name="Security 4688 and 4689 with command lines",
        kind="security_4688",
        goals=("processes",),
        records={"starts": 1_700},
        log="Security",
        enable=(
            _audit(_CREATION, on=True),
            _audit(_TERMINATION, on=True),
            f'reg add "{_POLICIES}" /v ProcessCreationIncludeCmdLine_Enabled /t REG_DWORD /d 1 /f',
        ),
        revert=(
            _audit(_CREATION, on=False),
            _audit(_TERMINATION, on=False),
            f'reg delete "{_POLICIES}" /v ProcessCreationIncludeCmdLine_Enabled /f',
        ),
        policy=f"{_CONFIGURATION} > Advanced Audit Policy Configuration > Detailed Tracking; "
        f"{_TEMPLATES} > System > Audit Process Creation > Include command line",
        audit=(
            Subcategory(guid=_CREATION, name="Audit Process Creation", setting=1),
            Subcategory(guid=_TERMINATION, name="Audit Process Termination", setting=1),
        ),
        registry=((_POLICIES.removeprefix("HKLM\\"), "ProcessCreationIncludeCmdLine_Enabled", 1),),
    ),
    Means(
        name="DNS-Client log",
        kind="dns_client_3008",
        goals=("names",),
        records={"lookups": 3_500},
        log=_DNS,
        enable=(f'wevtutil sl "{_DNS}" /e:true',),
        revert=(f'wevtutil sl "{_DNS}" /e:false',),
        policy="none; a start-up script with the command",
    ),
    Means(
        name="Security 5156 to 5159",
        kind="security_5156",
        goals=("processes",),
        records={"connections": 1_600},
        log="Security",
        enable=(_audit(_FILTERING, on=True, failure=True),),
        revert=(_audit(_FILTERING, on=False, failure=True),),
        policy=f"{_CONFIGURATION} > Advanced Audit Policy Configuration > Object Access",
        audit=(Subcategory(guid=_FILTERING, name="Audit Filtering Platform Connection", setting=3),),
    ),
    Means(
        name="PowerShell 4104",
        kind="powershell_4104",
        goals=("processes",),
        records={"blocks": 2_500},
        log="Microsoft-Windows-PowerShell/Operational",
        enable=(f'reg add "{_POWERSHELL}" /v EnableScriptBlockLogging /t REG_DWORD /d 1 /f',),
        revert=(f'reg delete "{_POWERSHELL}" /v EnableScriptBlockLogging /f',),
        policy=f"{_TEMPLATES} > Windows Components > Windows PowerShell > Turn on PowerShell Script Block Logging",
        registry=((_POWERSHELL.removeprefix("HKLM\\"), "EnableScriptBlockLogging", 1),),
    ),
    Means(
        name="Windows Firewall log (pfirewall.log)",
        kind="firewall_log",
        goals=("processes",),
        records={"connections": 110},
        log=None,
        enable=(
            (
                "Set-NetFirewallProfile -Profile Domain,Private,Public -LogAllowed True -LogBlocked True "
                "-LogMaxSizeKilobytes 32767"
            ),
        ),
        revert=(
            (
                "Set-NetFirewallProfile -Profile Domain,Private,Public -LogAllowed False -LogBlocked False "
                "-LogMaxSizeKilobytes 4096"
            ),
        ),
        policy=f"{_CONFIGURATION} > Windows Defender Firewall with Advanced Security > Properties > Logging",
        registry=tuple(
            (f"{_FIREWALL}\\{profile}Profile\\Logging", name, number)
            for profile in ("Domain", "Private", "Public")
            for name, number in (
                ("LogSuccessfulConnections", 1),
                ("LogDroppedPackets", 1),
                ("LogFileSize", FIREWALL_LOG >> 10),
            )
        ),
    ),
    Means(
        name="Sysmon 1, 3, 5 and 22",
        kind="sysmon_3",
        goals=("names", "processes"),
        records={"connections": 900, "lookups": 800, "starts": 2_400},
        log=_SYSMON,
        enable=(
            (
                "if (Get-Service Sysmon, Sysmon64 -ErrorAction SilentlyContinue) "
                "{ sysmon -c trackway-sysmon.xml } else { sysmon -accepteula -i trackway-sysmon.xml }"
            ),
        ),
        # whoever had Sysmon before does not want it to be gone
        revert=('sysmon -c "--"  # its defaults; your own: sysmon -c YOURS.xml; to remove it: sysmon -u',),
        policy="none; a start-up script with the command and the configuration",
    ),
)
"""What can be switched on, what costs least for what it tells first."""

_AWAKE: Final = frozenset({"on", "filtered"})

SYSMON_CONFIGURATION: Final = """<Sysmon schemaversion="4.50">
  <DnsLookup>False</DnsLookup>
  <EventFiltering>
    <RuleGroup name="" groupRelation="or"><ProcessCreate onmatch="exclude"/></RuleGroup>
    <RuleGroup name="" groupRelation="or"><NetworkConnect onmatch="exclude"/></RuleGroup>
    <RuleGroup name="" groupRelation="or"><ProcessTerminate onmatch="exclude"/></RuleGroup>
    <RuleGroup name="" groupRelation="or"><DnsQuery onmatch="exclude"/></RuleGroup>
  </EventFiltering>
</Sysmon>
"""
"""A configuration that leaves out none of 1, 3, 5 and 22: an empty exclude includes everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One witness as it is advised.

    Attributes:
        means: which.
        is_on: whether it is on at the end of this evidence, on every host.
        megabytes: a day, on the busiest host; null where no witness here shows the rate.
        is_advised: whether to switch it on: it is off, and the budget holds it.
        why: in words.
    """

    means: Means
    is_on: bool
    megabytes: float | None
    is_advised: bool
    why: str


def advice(
    connection: duckdb.DuckDBPyConnection, goal: str = "both", budget: float | None = None
) -> Iterator[Step]:
    """Yield what to switch on, in the order of what it tells for its cost.

    Args:
        connection: of `Case.connect`.
        goal: of `GOALS`.
        budget: megabytes a day on one host; null for any number.
    """
    hosts = rows(connection, "rates")
    last = {(row["host"], row["source"]): row["state"] for row in rows(connection, "latest")}
    left = math.inf if budget is None else budget
    for means in MEANS:
        if goal != "both" and goal not in means.goals:
            continue
        states = [last.get((host, means.kind)) for host in {host for host, _ in last}]
        cost = _megabytes(means, hosts)
        missing = sum(state not in _AWAKE for state in states)
        is_on = bool(states) and not missing
        fits = cost is None or cost <= left
        if not is_on and fits:
            left -= cost or 0
        yield Step(
            means=means,
            is_on=is_on,
            megabytes=cost,
            is_advised=not is_on and fits,
            why=_why(len(states), missing, fits, cost),
        )


def _megabytes(means: Means, hosts: Sequence[Mapping[str, float | None]]) -> float | None:
    """Return what a witness would have written in a day on the busiest host."""
    found = [
        sum(size * (host[what] or 0) for what, size in means.records.items())
        for host in hosts
        if any(host[what] is not None for what in means.records)
    ]
    return max(found) * 24 / MEGABYTE if found else None


def _why(hosts: int, missing: int, fits: bool, cost: float | None) -> str:
    if hosts and not missing:
        return "it was on when last seen"
    if not fits:
        return "the budget does not hold it"
    shown = "nothing here shows it on" if missing == hosts else f"not shown on for {missing} of {hosts} hosts"
    return f"{shown}; no witness shows how much it would write" if cost is None else shown


def log_bytes(steps: Sequence[Step], days: float) -> dict[str, int]:
    """Return the size of each log that holds so many days of what is advised or on, in whole blocks."""
    sizes: dict[str, float] = {}
    for step in steps:
        if step.means.log and (step.is_advised or step.is_on) and step.megabytes:
            sizes[step.means.log] = sizes.get(step.means.log, 0) + step.megabytes * MEGABYTE * days
    # a fifth more for what else stands in the log; a smaller log than Windows makes it would lose records
    return {
        log: max(_LARGEST.get(log, _USUAL), math.ceil(size * 1.2 / _BLOCK) * _BLOCK)
        for log, size in sorted(sizes.items())
    }
