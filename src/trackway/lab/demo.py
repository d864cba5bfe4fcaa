"""The recording that `trackway demo` shows: the seed's story among the traffic of a working hour.

A finance workstation, 2021-11-27: at 03:17:39 UTC Excel's macro has started an encoded PowerShell that asks
for perdu.com, is told 208.97.177.124 and connects to its port 80.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from trackway.errors import CaseError
from trackway.lab.policy import Policy
from trackway.lab.recording import Recording
from trackway.lab.world import attack, office, windows
from trackway.lab.world.host import Host
from trackway.lab.world.internet import Internet
from trackway.lab.world.machine import Machine
from trackway.lab.world.schedule import moment

MACHINE: Final = Machine(
    name="FIN-WS-07",
    domain="finance.example.com",
    intranet=(("dc1", "10.0.0.53"), ("files", "10.0.0.60")),
)
SOURCES: Final = frozenset({"4688", "5156", "sysmon", "dns_client", "powershell", "pfirewall", "displaydns"})
START: Final = moment("2021-11-27T02:24")
_MACRO: Final = moment("2021-11-27T03:17:28.430")
END: Final = moment("2021-11-27T03:26")


def write(folder: Path, form: str = "evtx") -> list[Path]:
    """Write the recording into `folder`, as event logs or as JSON exports, and return its files.

    Raises:
        CaseError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        recording = Recording(folder, MACHINE, Policy(sources=SOURCES, form=form))
        with recording:
            _hour(recording)
    except OSError as error:
        raise CaseError(
            f"{error.filename or folder}: {error.strerror}; give another folder with -o"
        ) from error
    return recording.files


def _hour(recording: Recording) -> None:
    host = Host(MACHINE, Internet("demo"), START, recording.hear, "demo")
    shell = windows.boot(host)
    office.workplace(host, shell)
    host.schedule.run(_MACRO)
    host.schedule.add(attack.macro(host, shell))
    host.schedule.run(END)
    recording.collect(host)
