"""Requests to a web proxy, as the proxy logged them: Squid, Blue Coat, IIS with ARR, any in W3C's format.

Sources: see `formats.proxy_log`. Squid writes a request when it has ended, so that its start is its time less its
duration; CONNECT names the host and port that the tunnel goes to.
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import CONNECTION_OBSERVATION
from trackway.sources.source import Source, address_in

SOURCE = Source(
    name="proxy",
    title="Web proxy log (Squid, W3C extended)",
    kinds=("proxy",),
    shape=records(
        "proxy",
        "proxy_request",
        "Client",
        "ClientPort",
        "Proxy",
        "ProxyPort",
        "Method",
        "Host",
        "User",
        "Sent",
        "Received",
        "Elapsed",
        of_clients=True,
    ),
    table=CONNECTION_OBSERVATION,
    default_on=False,
    built_in=False,
    needs="a proxy that the host uses, and its log",
    enable="access_log daemon:/var/log/squid/access.log squid",
    proves="a client with this address asked the proxy for this name at this moment",
    never="the process; mostly the client's port; which host had the address; what went past the proxy",
    decoded={
        "client_address": address_in("Client"),
        "proxy_address": address_in("Proxy"),
    },
)
