"""What a collector says of the collection: whose evidence it is, and when it was taken.

Source: Velociraptor's offline collector (client_info.json: hostname and fqdn; collection_context.json: start_time in
microseconds), KAPE's console log (Machine name), and `collection.json` of `trackway collect`. A collector's word on
whose evidence lies beside it counts more than what the evidence names.
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import HOST_FACT
from trackway.sources.source import Source

SOURCE = Source(
    name="collection",
    title="A collector's own files",
    kinds=("collection",),
    shape=records(
        "collection", "collection", *("Hostname", "Fqdn", "Started", "Property", "Said", "TimeBasis")
    ),
    table=HOST_FACT,
    default_on=False,
    built_in=False,
    needs="a collection by Velociraptor, KAPE or `trackway collect`, kept whole",
    enable="trackway collect --print > collect.ps1",
    proves="a collector took this evidence from this host, and when it began",
    never="when each file was taken; that nobody changed the collection since",
)
