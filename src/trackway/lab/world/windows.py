"""Windows itself: its services, a boot, a logon, a command line."""

from __future__ import annotations

from typing import Final

from trackway.lab.world import machine as m
from trackway.lab.world.facts import Account, Image, Logon, Process
from trackway.lab.world.host import Host, console_host
from trackway.lab.world.machine import SVCHOST, system32

SERVICES: Final = (
    ("DcomLaunch", "DcomLaunch", "system"),
    ("RpcSs", "rpcss", "network"),
    ("Dnscache", "NetworkService", "network"),
    ("Dhcp", "LocalServiceNetworkRestricted", "local"),
    ("nsi", "LocalService", "local"),
    ("W32Time", "LocalService", "local"),
    ("LanmanWorkstation", "NetworkService", "network"),
    ("WinHttpAutoProxySvc", "LocalServiceNetworkRestricted", "local"),
    ("Schedule", "netsvcs", "system"),
    ("BITS", "netsvcs", "system"),
    ("wuauserv", "netsvcs", "system"),
    ("CryptSvc", "NetworkService", "network"),
    ("DiagTrack", "utcsvc", "system"),
    ("SSDPSRV", "LocalServiceAndNoImpersonation", "local"),
    ("WebClient", "LocalService", "local"),
    ("TermService", "NetworkService", "network"),
)
"""Service, group after -k, account."""

_FIRST_WITH_ONE_SERVICE: Final = 15063
"""Build from which on each service has a svchost of its own."""


def boot(host: Host) -> Process:
    """Start Windows and log the user on; return the shell."""
    return log_on(host, start_up(host))


def start_up(host: Host) -> Process:
    """Start Windows and its services; return winlogon, at which somebody may log on."""
    kernel = host.boot()
    host.pass_time(1.5)
    system = host.machine.system()
    session = host.start(
        kernel, system32("smss.exe", "Windows Session Manager"), "\\SystemRoot\\System32\\smss.exe", system
    )
    host.start(session, system32("csrss.exe"), "%SystemRoot%\\system32\\csrss.exe", system)
    wininit = host.start(session, system32("wininit.exe"), "wininit.exe", system)
    services = host.start(wininit, system32("services.exe"), "C:\\Windows\\system32\\services.exe", system)
    host.services["lsass"] = host.start(
        wininit, system32("lsass.exe"), "C:\\Windows\\system32\\lsass.exe", system
    )
    shared: dict[str, Process] = {}
    for name, group, account in SERVICES:
        host.pass_time(0.11)
        mine = name if host.machine.build >= _FIRST_WITH_ONE_SERVICE else ""
        key = mine or f"{group} {account}"
        shared[key] = shared.get(key) or start_service(host, services, mine, group, account)
        host.services[name] = shared[key]
    host.services["services"] = services
    return host.start(session, system32("winlogon.exe"), "winlogon.exe", system)


def start_service(host: Host, parent: Process, name: str, group: str, account: str) -> Process:
    """Start a svchost for one service, as Windows 10 does from 1703 on, or for a whole group (no `name`)."""
    accounts = {
        "system": host.machine.system,
        "network": host.machine.network_service,
        "local": host.machine.local_service,
    }
    line = f"C:\\Windows\\system32\\svchost.exe -k {group}{f' -p -s {name}' if name else ''}"
    return host.start(parent, SVCHOST, line, accounts[account]())


def log_on(host: Host, winlogon: Process) -> Process:
    """Log the user on; userinit starts the shell and goes."""
    host.user = host.machine.person(host.dice.whole(0x20000, 0xFFFFF))
    host.pass_time(2.3)
    userinit = host.start(
        winlogon, system32("userinit.exe"), "C:\\Windows\\system32\\userinit.exe", host.user
    )
    host.pass_time(0.4)
    shell = host.start(userinit, m.EXPLORER, "C:\\Windows\\Explorer.EXE", host.user)
    host.pass_time(0.9)
    host.end(userinit)
    host.services["explorer"] = shell
    host.tell(Logon(host.now, host.user, 2, winlogon))
    return shell


def command(host: Host, parent: Process, image: Image, line: str, account: Account | None = None) -> Process:
    """Start a command-line program with its console window."""
    process = host.start(parent, image, line, account)
    console_host(host, process)
    return process
