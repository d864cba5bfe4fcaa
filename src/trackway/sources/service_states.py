"""System log, services: those by which a witness lives were started, stopped or disabled.

Source: the manifest of Service Control Manager (7036 state, 7040 start type); recordings. The names that 7036 gives are
translated; its Binary is the short name, a slash and the number of the state (SERVICE_STATUS: 1 stopped, 4 running) in
UTF-16. 7040 gives the short name as param4; its start types are translated: only the English "disabled" is understood.
Windows 10 and later write few 7036.
"""

from __future__ import annotations

import re
from typing import Final

from trackway.formats.rows import Shape
from trackway.schema import HOST_FACT, TEXT
from trackway.sources.source import Decoded, Source

EVENTS: Final = (7036, 7040)
_STATES: Final = {"1": "stopped", "4": "running"}


def service(text: str) -> str | None:
    """Return the short name and the state that the Binary of a 7036 holds, as `mpssvc/stopped`, or null."""
    try:
        words = bytes.fromhex(text.replace("-", "")).decode("utf-16-le").rstrip("\0")
    except ValueError:
        return None
    found = re.fullmatch(r"([^/\\\0]+)/(\d)", words)
    return f"{found[1].lower()}/{_STATES[found[2]]}" if found and found[2] in _STATES else None


SOURCE = Source(
    name="service_states",
    title="System log, services",
    kinds=tuple(f"system_{number}" for number in EVENTS),
    shape=Shape(
        source="service_states",
        providers=("Service Control Manager",),
        channels=(),
        events=frozenset(EVENTS),
        fields=(*"param3 param4 Binary".split(),),
    ),
    table=HOST_FACT,
    default_on=True,
    needs="nothing; Windows 10 and later write few 7036",
    enable="always on",
    proves="this service started or stopped, or was disabled, at this moment",
    never="who did it",
    decoded={"state_of": Decoded(field="Binary", function=service, type=TEXT)},
)
