"""DNS-Client: what the Windows resolver was asked, by whom, and what came back.

Source: the manifest of Microsoft-Windows-DNS-Client as dumped per build, and recordings. 3006 and 3008
are written inside the calling process: their header PID is the caller. The others are written by the
resolver service; their header PID is the service, and the caller is `ClientPID`, which exists from
build 22000 on. A type-1 query with status 87 is the probe of a dual-stack look-up, not a failure.
1013 to 1015 carry the DNS server as SOCKADDR bytes. No record holds a TTL.
"""

from __future__ import annotations

from typing import Final

from trackway.formats.rows import Shape
from trackway.schema import DNS_OBSERVATION, TEXT, TEXTS
from trackway.sources.source import Decoded, Source
from trackway.sources.values import ANSWERS, address_list, answers, socket_address

STAGES: Final = {
    1013: "timeout",
    1014: "timeout",
    1015: "timeout",
    3006: "asked",
    3008: "completed",
    3009: "network",
    3010: "sent",
    3011: "received",
    3016: "cache_asked",
    3018: "cache",
    3019: "wire_asked",
    3020: "answered",
}
"""Events that are interpreted, and the stage of a look-up that each of them is."""

SOURCE = Source(
    name="dns_client",
    title="DNS-Client log",
    kinds=tuple(f"dns_client_{number}" for number in STAGES),
    shape=Shape(
        source="dns_client",
        providers=("Microsoft-Windows-DNS-Client",),
        channels=(
            "Microsoft-Windows-DNS-Client/Operational",
            # the display name, which some mappings use for the channel
            "Microsoft-Windows-DNS Client Events/Operational",
        ),
        events=frozenset(STAGES),
        fields=(
            "QueryName",
            "QueryType",
            "QueryStatus",
            "Status",
            "ResponseStatus",
            "QueryResults",
            "LocalAddress",
            "DNSServerAddress",
            "DnsServerIpAddress",
            "Address",
            "ClientPID",
        ),
    ),
    table=DNS_OBSERVATION,
    default_on=False,
    needs="the channel Microsoft-Windows-DNS-Client/Operational (1014 goes to System, which is always on)",
    enable="wevtutil sl Microsoft-Windows-DNS-Client/Operational /e:true /ms:104857600",
    proves="this process asked for this name at this moment; the resolver answered from its cache or the "
    "wire with these addresses",
    never="a connection; the TTL; before Windows 11 the caller in the resolver's own records; look-ups that "
    "bypass the Windows resolver (browser DoH, nslookup)",
    decoded={
        "answer": Decoded(field="QueryResults", function=answers, type=ANSWERS),
        "own_addresses": Decoded(field="LocalAddress", function=address_list, type=TEXTS),
        "server_list": Decoded(field="DNSServerAddress", function=address_list, type=TEXTS),
        "one_server": Decoded(field="DnsServerIpAddress", function=address_list, type=TEXTS),
        "socket": Decoded(field="Address", function=socket_address, type=TEXT),
    },
)
