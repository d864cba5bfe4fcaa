"""The witnesses that can be switched on: commands, values of a group policy, and what their records weigh.

Commands and registry values: Microsoft, "auditpol", "wevtutil", "netsh advfirewall", "Audit Process Creation";
Sysinternals, "Sysmon". Nothing is ever run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

FIREWALL_LOG: Final = 32767 << 10
"""The most that pfirewall.log may hold; the one before it is kept as pfirewall.log.old."""
_FILTERING: Final = "{0CCE9226-69AE-11D9-BED3-505054503030}"
_CREATION: Final = "{0CCE922B-69AE-11D9-BED3-505054503030}"
_TERMINATION: Final = "{0CCE922C-69AE-11D9-BED3-505054503030}"
_POLICIES: Final = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\Audit"
_POWERSHELL: Final = "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell\\ScriptBlockLogging"
_FIREWALL: Final = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall"
SYSMON: Final = "Microsoft-Windows-Sysmon/Operational"
DNS: Final = "Microsoft-Windows-DNS-Client/Operational"


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
        revert: commands that switch it off, where nothing tells what was before.
        otherwise: commands that do the same as `enable`, for a host without the module that it needs.
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
    otherwise: tuple[str, ...] = ()
    audit: tuple[Subcategory, ...] = ()
    registry: tuple[tuple[str, str, int], ...] = ()


def audit_command(guid: str, *, success: bool, failure: bool | None = None) -> str:
    """Return the command that sets a subcategory of the audit policy; null leaves its failures as they are."""
    parts = [
        f"/{part}:{'enable' if on else 'disable'}"
        for part, on in (("success", success), ("failure", failure))
        if on is not None
    ]
    return f'auditpol /set /subcategory:"{guid}" ' + " ".join(parts)


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
            audit_command(_CREATION, success=True),
            audit_command(_TERMINATION, success=True),
            f'reg add "{_POLICIES}" /v ProcessCreationIncludeCmdLine_Enabled /t REG_DWORD /d 1 /f',
        ),
        revert=(
            audit_command(_CREATION, success=False),
            audit_command(_TERMINATION, success=False),
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
        log=DNS,
        enable=(f'wevtutil sl "{DNS}" /e:true',),
        revert=(f'wevtutil sl "{DNS}" /e:false',),
        policy="none; a start-up script with the command",
    ),
    Means(
        name="Security 5156 to 5159",
        kind="security_5156",
        goals=("processes",),
        records={"connections": 1_600},
        log="Security",
        enable=(audit_command(_FILTERING, success=True, failure=True),),
        revert=(audit_command(_FILTERING, success=False, failure=False),),
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
        otherwise=(
            "netsh advfirewall set allprofiles logging allowedconnections enable",
            "netsh advfirewall set allprofiles logging droppedconnections enable",
            "netsh advfirewall set allprofiles logging maxfilesize 32767",
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
        log=SYSMON,
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
