"""The resolver's cache: what the host had resolved and still remembered when somebody looked.

Source: Microsoft, "ipconfig" and "Get-DnsClientCache" (MSFT_DNSClientCache: Status 0, 9003, 9701; Section);
KAPE's modules, Velociraptor's Windows.System.DNSCache, osquery's dns_cache. A row holds the seconds it had
left, not when it was resolved: that is worked out from the TTL the server gave (`docs/sources/dns_cache.md`).
Rows of the hosts file stand in the cache, too. No row says who asked.
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import DNS_OBSERVATION
from trackway.sources.source import Source, address_in

SOURCE = Source(
    name="dns_cache",
    title="Resolver cache",
    kinds=("dns_cache",),
    shape=records(
        "dns_cache", "dns_cache", "Entry", "Name", "Type", "Status", "TimeToLive", "Data", "TimeBasis"
    ),
    table=DNS_OBSERVATION,
    default_on=True,
    needs="somebody to print it while the host runs: it is in memory only",
    enable="ipconfig /displaydns > dns_cache.txt",
    proves="the host had this name resolved to this address, not longer ago than its TTL allows",
    never="who asked, how often, or a second without the TTL that the server gave",
    decoded={"address": address_in("Data")},
)
