"""Zeek's http.log and ssl.log: the name that a connection asked for itself.

Source: Zeek, "http.log" and "ssl.log". The Host header and the name in the TLS greeting are whatever the client
wrote there; domain fronting is exactly that. Encrypted greetings (ECH) name the provider only.
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import CONNECTION_OBSERVATION, TEXT
from trackway.sources.source import Decoded, Source, address_in
from trackway.sources.values import host_of

SOURCE = Source(
    name="zeek_request",
    title="Zeek, names asked for on the wire (http.log, ssl.log)",
    kinds=("zeek_http", "zeek_ssl"),
    shape=records(
        "zeek_request",
        "zeek_request",
        "OrigHost",
        "OrigPort",
        "RespHost",
        "RespPort",
        "Log",
        "Asked",
        of_clients=True,
    ),
    table=CONNECTION_OBSERVATION,
    default_on=False,
    built_in=False,
    needs="a sensor that sees the network between the host and the other side",
    enable="zeek -i eth0 local",
    proves="this connection wrote this name into its request or its TLS greeting",
    never="that the name belongs to the address; the process; a name that was encrypted",
    decoded={
        "client": address_in("OrigHost"),
        "server": address_in("RespHost"),
        "asked_host": Decoded(field="Asked", function=host_of, type=TEXT),
    },
)
