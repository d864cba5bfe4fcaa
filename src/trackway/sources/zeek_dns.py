"""Zeek's dns.log: questions and answers as they went over the wire.

Source: Zeek, "dns.log". The client is whoever sent the packet: of a host the resolver service, and behind a
forwarder the forwarder. `AA` says that the answer came from the authority, whose TTL had not aged.
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import DNS_OBSERVATION, INTEGER
from trackway.sources.source import Decoded, Source, address_in
from trackway.sources.values import ANSWERS, least, wire_answers

SOURCE = Source(
    name="zeek_dns",
    title="Zeek, name resolution (dns.log)",
    kinds=("zeek_dns",),
    shape=records(
        "zeek_dns",
        "zeek_dns",
        "OrigHost",
        "OrigPort",
        "RespHost",
        "Query",
        "Type",
        "Rcode",
        "Authority",
        "Answers",
        "Ttls",
        of_clients=True,
    ),
    table=DNS_OBSERVATION,
    default_on=False,
    built_in=False,
    needs="a sensor that sees the network between the host and its resolver",
    enable="zeek -i eth0 local",
    proves="this address asked a server for this name and was told these addresses, with this TTL",
    never="the process; what the host's own cache answered; encrypted look-ups (DoH, DoT)",
    decoded={
        "client": address_in("OrigHost"),
        "server": address_in("RespHost"),
        "answer": Decoded(field="Answers", function=wire_answers, type=ANSWERS),
        "shortest_ttl": Decoded(field="Ttls", function=least, type=INTEGER),
    },
)
