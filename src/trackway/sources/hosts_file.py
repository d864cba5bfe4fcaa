"""The hosts file: names that this host resolves by itself, without asking anybody.

Source: Microsoft, "hosts" in drivers\\etc. Its lines stand in the resolver's cache, too, and are no look-ups;
this is how they are told apart.
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import DNS_OBSERVATION
from trackway.sources.source import Source, address_in

SOURCE = Source(
    name="hosts_file",
    title="hosts file",
    kinds=("hosts_file",),
    shape=records("hosts_file", "hosts_file", "Address", "Name", "TimeBasis"),
    table=DNS_OBSERVATION,
    default_on=True,
    needs="nothing",
    enable=r"copy %SystemRoot%\System32\drivers\etc\hosts",
    proves="the host resolves this name to this address by itself",
    never="that anybody used the name, or since when the line is there",
    decoded={"parsed": address_in("Address")},
)
