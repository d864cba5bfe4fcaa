r"""The registry: who the host is, which zone its clock keeps, and what it was told to log.

Source: Microsoft's documentation of the settings: ComputerName, TimeZoneInformation (UTC is local time and the bias),
Dnscache parameters, Tcpip interfaces, the firewall's own and its policy's logging, WINEVT\Channels, PowerShell's and
the audit policies, NetworkList (Category 0 public, 1 private, 2 domain).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from trackway.formats.rows import records
from trackway.schema import HOST_FACT, TEXT
from trackway.sources.source import Decoded, Source


@cache
def zones() -> Mapping[str, str]:
    """Return the IANA zone by Windows' name in lower case, as Unicode's CLDR pairs them (windowsZones)."""
    table = files(__package__).joinpath("windows_zones.csv").read_text(encoding="utf-8")
    rows = (line.rsplit(",", 1) for line in table.splitlines()[1:])
    return MappingProxyType({name.lower(): zone for name, zone in rows})


def zone(text: str) -> str | None:
    """Return the zone that TimeZoneInformation means, or null, also where the host keeps no summer time."""
    try:
        told = json.loads(text)
    except ValueError:
        return None
    if not isinstance(told, dict) or told.get("dynamicdaylighttimedisabled", "0") != "0":
        return None
    return zones().get(str(told.get("timezonekeyname", "")).lower())


SOURCE = Source(
    name="registry",
    title="Registry",
    kinds=("registry",),
    shape=records("registry", "registry", "Key", "Name", "Data", "TimeBasis"),
    table=HOST_FACT,
    default_on=True,
    needs="the hives SYSTEM, SOFTWARE and SECURITY, which a running host lends out through a shadow copy only",
    enable=r"reg save HKLM\SYSTEM SYSTEM",
    proves="this was set when the hive was copied",
    never="since when; what a change in transaction logs that are not beside the hive has made of it",
    decoded={"zone": Decoded(field="Data", function=zone, type=TEXT)},
)
