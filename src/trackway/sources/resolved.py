"""TTLs that somebody asked a server for: `nslookup -debug`, `dig`, `Resolve-DnsName`.

Source: Microsoft, "nslookup" and "Resolve-DnsName"; BIND 9, "dig". An answer with the authority's flag has the
TTL that its zone file gives; any other had aged in some cache on its way. Resolve-DnsName may answer from this
host's own cache, and is never taken for the authority.
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import DNS_OBSERVATION, TEXTS
from trackway.sources.source import Decoded, Source, address_in
from trackway.sources.values import address_list

SOURCE = Source(
    name="resolved",
    title="Answers of nslookup, dig and Resolve-DnsName",
    kinds=("resolved",),
    shape=records(
        "resolved",
        "resolved",
        "Name",
        "Type",
        "TTL",
        "Data",
        "Server",
        "Authoritative",
        "TimeBasis",
    ),
    table=DNS_OBSERVATION,
    default_on=False,
    needs="somebody to ask for the name and keep what was printed",
    enable="nslookup -debug NAME > NAME.txt",
    proves="a server gave the name this TTL",
    never="that the host asked for it; with an aged answer, the TTL that the host was given",
    decoded={
        "address": address_in("Data"),
        "server_list": Decoded(field="Server", function=address_list, type=TEXTS),
    },
)
