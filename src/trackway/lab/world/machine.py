"""What a host is: its name, its addresses, its build, its people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trackway.lab.world.facts import Account, Image

SYSTEM32: Final = "C:\\Windows\\System32\\"
WINDOWS_7, WINDOWS_8_1, SERVER_2019, WINDOWS_10, SERVER_2022, WINDOWS_11 = (
    7601,
    9600,
    17763,
    19044,
    20348,
    22621,
)
VERSIONS: Final = {
    "7": WINDOWS_7, "8.1": WINDOWS_8_1, "2019": SERVER_2019, "10": WINDOWS_10, "2022": SERVER_2022, "11": WINDOWS_11,
}  # fmt: skip
"""Builds by the name of their version."""

_USER = "S-1-5-21-3500184411-1200845513-2817650123"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One host and the network it stands in.

    Attributes:
        domain: DNS suffix; also the split zone that only the inner name server knows.
        zone_seconds: local time minus UTC.
        build: of Windows.
        pid_space: how many process identifiers go round; small ones come back within minutes.
        ports: first and last ephemeral port.
        guid: first four bytes of the machine's identifier, as Sysmon prints them.
        proxy: web proxy (name and port), where there is one.
        hosts_file: names that the hosts file answers.
        intranet: hosts of the split zone, name to address.
        neighbour: the one of them that an attacker goes to from here.
    """

    name: str
    domain: str = "corp.example.test"
    address: str = "10.0.0.107"
    address6: str | None = None
    dns_server: str = "10.0.0.53"
    build: int = WINDOWS_10
    zone_seconds: int = 0
    user: str = "anna"
    pid_space: int = 6000
    ports: tuple[int, int] = (49152, 65535)
    guid: str = "3f6c14a8"
    volume: int = 3
    proxy: tuple[str, int] | None = None
    hosts_file: tuple[tuple[str, str], ...] = ()
    intranet: tuple[tuple[str, str], ...] = ()
    neighbour: str = "files"

    @property
    def full_name(self) -> str:
        """Return the name with its domain, as Windows writes it into records."""
        return f"{self.name}.{self.domain}"

    @property
    def netbios(self) -> str:
        """Return the short name of the domain."""
        return self.domain.split(".", maxsplit=1)[0].upper()

    def system(self) -> Account:
        """Return the machine's own account."""
        return Account("S-1-5-18", self.netbios, f"{self.name}$", 0x3E7, "S-1-16-16384", 0)

    def local_service(self) -> Account:
        """Return the account of services with few rights."""
        return Account("S-1-5-19", "NT AUTHORITY", "LOCAL SERVICE", 0x3E5, "S-1-16-16384", 0)

    def network_service(self) -> Account:
        """Return the account of services that go to the network."""
        return Account("S-1-5-20", "NT AUTHORITY", "NETWORK SERVICE", 0x3E4, "S-1-16-16384", 0)

    def person(self, logon_id: int) -> Account:
        """Return the account of the person who works here."""
        return Account(f"{_USER}-1107", self.netbios, self.user, logon_id, "S-1-16-8192", 1)


def system32(name: str, description: str = "-") -> Image:
    """Return a program in System32."""
    return Image(SYSTEM32 + name, description)


SVCHOST: Final = system32("svchost.exe", "Host Process for Windows Services")
POWERSHELL: Final = system32("WindowsPowerShell\\v1.0\\powershell.exe", "Windows PowerShell")
EXPLORER: Final = Image("C:\\Windows\\explorer.exe", "Windows Explorer")
OFFICE: Final = "C:\\Program Files\\Microsoft Office\\root\\Office16\\"
EXCEL: Final = Image(OFFICE + "EXCEL.EXE", "Microsoft Excel")
OUTLOOK: Final = Image(OFFICE + "OUTLOOK.EXE", "Microsoft Outlook")
WORD: Final = Image(OFFICE + "WINWORD.EXE", "Microsoft Word")
BROWSER: Final = Image(
    "C:\\Program Files\\Browser\\Application\\browser.exe", "Web browser", "Browser vendor"
)
BROWSER_UPDATE: Final = Image(
    "C:\\Program Files\\Browser\\Update\\BrowserUpdate.exe", "Browser installer", "Browser vendor"
)
CHAT: Final = Image("C:\\Users\\anna\\AppData\\Local\\Chat\\current\\Chat.exe", "Team chat", "Chat vendor")
