"""What a host keeps: which sources are on, how they are set, what form they come in, what befell them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SOURCES: Final = (
    "4688", "5156", "sysmon", "dns_client", "powershell", "pfirewall", "displaydns", "bits", "system", "defender",
    "proxy",
)  # fmt: skip
"""Groups of sources that can be on or off."""

FORMS: Final = ("evtx", "winlogbeat", "nxlog", "get_winevent", "xml", "csv")
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
        sysmon_lag: seconds by which the clock of Sysmon 3 and 22 runs behind that of the system.
        sysmon_jitter: seconds by which it wanders.
        unknown: share of Sysmon 3 and 22 that do not know their process.
        label: seconds that a JSON export is off from the UTC it claims to be; of a 12-hour clock where `half_day`.
        half_day: whether an export writes a 12-hour clock without AM and PM.
        whole_seconds: whether an export cuts its times to seconds.
        limit: bytes that a log may reach before its oldest records are written over.
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
    sysmon_lag: float = 0.3
    sysmon_jitter: float = 0.02
    unknown: float = 0.005
    label: int = 0
    half_day: bool = False
    whole_seconds: bool = False
    limit: int | None = None
    loss: float = 0.0
    local_source: bool = False
    language: str = "en"
