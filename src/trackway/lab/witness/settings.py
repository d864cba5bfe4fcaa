"""What `trackway collect` finds set on a host: audit policy, firewall, channels, registry, Sysmon; and its own word.

Sources: the collector (`collector/collect.ps1`) and the programs that it runs: auditpol, wevtutil, reg, Sysmon.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from trackway.lab.policy import Policy
from trackway.lab.witness.record import (
    BITS,
    CLASSIC_POWERSHELL,
    DNS_CLIENT,
    POWERSHELL,
    SECURITY,
    SYSMON,
    SYSTEM,
)
from trackway.lab.witness.resolver_cache import rows
from trackway.lab.witness.sysmon_filter import SysmonFilter
from trackway.lab.world.machine import Machine
from trackway.lab.world.resolver import Cached
from trackway.lab.world.schedule import SECOND
from trackway.lab.write.texts import iso

_GROUPS: Final = {
    "5156": (("Filtering Platform Packet Drop", "25"), ("Filtering Platform Connection", "26")),
    "4688": (("Process Creation", "2B"), ("Process Termination", "2C")),
}
_CHANNELS: Final = {
    SECURITY: ("5156", "4688"),
    SYSTEM: ("system",),
    SYSMON: ("sysmon",),
    DNS_CLIENT: ("dns_client",),
    POWERSHELL: ("powershell",),
    CLASSIC_POWERSHELL: ("powershell",),
    BITS: ("bits",),
}
_ALWAYS: Final = frozenset({SECURITY, SYSTEM})
_SIZE: Final = 20 << 20


def collected(machine: Machine, policy: Policy, now: int) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file of settings, and of the collector's own."""
    yield "settings/audit_policy.csv", _audit(machine, policy).encode()
    yield "settings/firewall_profiles.json", _seen(machine, now, _profiles(policy))
    yield "settings/log_channels.txt", "".join(_channels(policy)).encode()
    yield "settings/registry.txt", "".join(_registry(machine, policy)).encode()
    if "sysmon" in policy.sources:
        yield "settings/sysmon_configuration.txt", "".join(_sysmon(policy)).encode()
    told = {"name": machine.full_name, "collected": iso(now, 0), "powershell": "5.1.19041.1"}
    about = [{"Collector": "trackway", "Property": name, "Value": value} for name, value in told.items()]
    yield "collection.json", _seen(machine, now, about)


def dns_cache(machine: Machine, cache: Mapping[str, Cached], now: int) -> bytes:
    """Return the resolver's cache as the collector prints it."""
    told = [
        {
            "Entry": row.entry, "Name": row.name, "Type": row.type, "Status": row.status, "TimeToLive": row.ttl,
            "Section": 0 if row.status else 1, "Data": row.data,
        }
        for row in rows(cache, now)
    ]  # fmt: skip
    return _seen(machine, now, told)


def _seen(machine: Machine, now: int, told: Sequence[Mapping[str, object]]) -> bytes:
    found = [{"HostIdentifier": machine.full_name, "UnixTime": now // SECOND, **row} for row in told]
    return b"\xef\xbb\xbf" + json.dumps(found, indent=4).replace("\n", "\r\n").encode()


def _audit(machine: Machine, policy: Policy) -> str:
    lines = [
        "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting,Setting Value"
    ]
    for group, subcategories in _GROUPS.items():
        words, number = ("Success and Failure", 3) if group in policy.sources else ("No Auditing", 0)
        lines += [
            f"{machine.name},System,{name},{{0CCE92{digits}-69AE-11D9-BED3-505054503030}},{words},,{number}"
            for name, digits in subcategories
        ]
    return "\r\n".join([*lines, ""])


def _profiles(policy: Policy) -> list[dict[str, object]]:
    path = r"%systemroot%\system32\LogFiles\Firewall\pfirewall.log"
    is_on = int("pfirewall" in policy.sources)
    return [
        {
            "Name": name, "LogFileName": path, "LogMaxSizeKilobytes": 4096, "LogAllowed": is_on, "LogBlocked": is_on,
            "PolicyStore": "ActiveStore",
        }
        for name in ("Domain", "Private", "Public")
    ]  # fmt: skip


def _channels(policy: Policy) -> Iterator[str]:
    for name, groups in _CHANNELS.items():
        is_on = name in _ALWAYS or not policy.sources.isdisjoint(groups)
        yield f"name: {name}\r\nenabled: {str(is_on).lower()}\r\ntype: Operational\r\nlogging:\r\n"
        yield f"  retention: false\r\n  autoBackup: false\r\n  maxSize: {policy.size(name) or _SIZE}\r\n"


def _registry(machine: Machine, policy: Policy) -> Iterator[str]:
    services, control = r"SYSTEM\CurrentControlSet\Services", r"SYSTEM\CurrentControlSet\Control"
    audit = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\Audit"
    yield _key(rf"{control}\ComputerName\ComputerName", "ComputerName", "REG_SZ", machine.name)
    yield _key(rf"{services}\Tcpip\Parameters", "Domain", "REG_SZ", machine.domain)
    yield _key(rf"{services}\Dnscache\Parameters", "MaxCacheTtl", "REG_DWORD", "0x15180")
    yield _key(audit, "ProcessCreationIncludeCmdLine_Enabled", "REG_DWORD", hex(policy.command_lines))


def _key(key: str, name: str, kind: str, data: str) -> str:
    return f"\r\nHKEY_LOCAL_MACHINE\\{key}\r\n    {name}    {kind}    {data}\r\n"


def _sysmon(policy: Policy) -> Iterator[str]:
    """Yield what `sysmon -c` prints of the configuration; by default one that leaves out programs."""
    yield "Current configuration:\r\n - Service name:                  Sysmon64\r\n"
    yield " - Driver name:                   SysmonDrv\r\n\r\nRule configuration (version 4.50):\r\n"
    if policy.sysmon_configuration:
        yield from (f"{line}\r\n" for line in SysmonFilter(policy.sysmon_configuration).printed())
        return
    for event in ("NetworkConnect", "DnsQuery"):
        yield f" - {event:<34} onmatch: exclude   combine rules using 'Or'\r\n"
        for name in policy.sysmon_excludes:
            yield f"\t{'Image':<30} filter: {'image':<12} value: '{name}'\r\n"
