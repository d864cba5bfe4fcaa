"""The drive letters of the volumes, which the Filtering Platform and SRUM name by number only.

Source: Microsoft, "Filter Manager" (`fltmc volumes`). Numbers are given anew with each boot, and mostly alike.
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import HOST_FACT
from trackway.sources.source import Source

SOURCE = Source(
    name="volume_map",
    title="Volumes and their letters (fltmc)",
    kinds=("volume_map",),
    shape=records("volume_map", "volume_map", *"Drive Device TimeBasis".split()),
    table=HOST_FACT,
    default_on=True,
    needs="somebody to print them",
    enable="fltmc volumes",
    proves="this volume had this letter when it was printed",
    never="that it had the same number before the last boot",
)
