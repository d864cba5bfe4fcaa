"""What a host keeps: which sources are on, how they are set, what form they come in, what befell them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SOURCES: Final = (
    "4688", "5156", "logon", "sysmon", "dns_client", "powershell", "pfirewall", "displaydns", "bits", "system",
    "defender", "proxy",
)  # fmt: skip
"""Groups of sources that can be on or off."""

FORMS: Final = ("evtx", "winlogbeat", "nxlog", "get_winevent", "xml", "csv")
SYSMON_SCHEMAS: Final = ("3.30", "4.22", "4.90")
"""Of Sysmon 6, 10 and 15: names of rules and queries came with 10, accounts with 13."""

WINDOWS_SIZES: Final = {"Security": 20 << 20, "System": 20 << 20, "Microsoft-Windows-Sysmon/Operational": 64 << 20,
    "Windows PowerShell": 15 << 20, "Microsoft-Windows-PowerShell/Operational": 15 << 20}  # fmt: skip
"""Bytes that logs may reach as installed; the others 1,028 KiB."""

TREES: Final = ("plain", "kape", "velociraptor", "trackway")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The evidence side of a host.

    Attributes:
        sources: those that are on, of `SOURCES`.
        form: of the event logs, of `FORMS`.
        together: whether an export holds all logs in one file.
        tree: how the files lie, of `TREES`.
        command_lines: whether 4688 has them.
        sysmon_excludes: program names whose connections and queries the configuration leaves out.
        sysmon_configuration: of Sysmon, as XML; null for one that leaves out nothing but `sysmon_excludes`.
        sysmon_lag: seconds by which the clock of Sysmon 3 and 22 runs behind that of the system.
        sysmon_jitter: seconds by which it wanders.
        unknown: share of Sysmon 3 and 22 that do not know their process.
        label: seconds that a JSON export is off from the UTC it claims to be; of a 12-hour clock where `half_day`.
        half_day: whether an export writes a 12-hour clock without AM and PM.
        whole_seconds: whether an export cuts its times to seconds.
        sysmon_schema: of `SYSMON_SCHEMAS`; which events there are and which fields they have.
        limit: bytes that a log may reach before its oldest records are written over.
        windows_sizes: whether logs may reach the sizes that Windows gives them.
        loss: share of records that a buffer lost.
        local_source: whether inbound 5156 puts the local side into Source, as until 2019.
        language: of displaydns.
    """

    sources: frozenset[str] = frozenset(SOURCES)
    form: str = "evtx"
    together: bool = False
    tree: str = "plain"
    command_lines: bool = True
    sysmon_excludes: tuple[str, ...] = ()
    sysmon_configuration: str | None = None
    sysmon_lag: float = 0.3
    sysmon_jitter: float = 0.02
    unknown: float = 0.005
    sysmon_schema: str = "4.22"
    label: int = 0
    half_day: bool = False
    whole_seconds: bool = False
    limit: int | None = None
    windows_sizes: bool = False
    loss: float = 0.0
    local_source: bool = False
    language: str = "en"

    def size(self, channel: str) -> int | None:
        """Return how many bytes a log may reach, null for any number."""
        return WINDOWS_SIZES.get(channel, 1028 << 10) if self.windows_sizes else self.limit
