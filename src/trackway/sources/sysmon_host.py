"""Sysmon 2, 4, 6, 7, 11, 16 and 255: files written, drivers, network libraries, and Sysmon's own state.

Source: Sysinternals, "Sysmon". 4, 16 and 255 bound the time in which Sysmon's silence means something: 16
is written where its configuration was changed through its own program only. 11 names the file that a
process wrote, which is a download where the process had just connected. Of the image loads only those of
the libraries through which programs reach the network are kept; there are too many others. UtcTime of 2
and 11 is the clock of Sysmon 1.
"""

from __future__ import annotations

from typing import Final

from trackway.formats.rows import Shape
from trackway.schema import HOST_FACT
from trackway.sources.source import Source

EVENTS: Final = (2, 4, 6, 7, 11, 16, 255)

SOURCE = Source(
    name="sysmon_host",
    title="Sysmon, files, libraries and its own state",
    kinds=tuple(f"sysmon_{number}" for number in EVENTS),
    shape=Shape(
        source="sysmon_host",
        providers=("Microsoft-Windows-Sysmon",),
        channels=("Microsoft-Windows-Sysmon/Operational",),
        events=frozenset(EVENTS),
        fields=(
            *"UtcTime ProcessGuid ProcessId Image User TargetFilename CreationUtcTime".split(),
            *"ImageLoaded Signature SignatureStatus State Configuration ConfigurationFileHash".split(),
            *"ID Description".split(),
        ),
    ),
    table=HOST_FACT,
    default_on=False,
    built_in=False,
    needs="Sysmon installed; for 2, 6, 7 and 11 a configuration that includes FileCreateTime, DriverLoad, "
    "ImageLoad and FileCreate",
    enable="sysmon -accepteula -i configuration.xml",
    proves="this process wrote this file, or loaded this library, at this moment; Sysmon ran, or lost events",
    never="where the content of a file came from; configuration changes made in the registry",
)
