"""Microsoft Defender for Endpoint: connections, in a device timeline or in DeviceNetworkEvents.

Source: Microsoft, reference of the table DeviceNetworkEvents, and the action types that the portal
explains; exports. The device writes LocalIP for its own side whatever the direction. Connections that an
inspection saw on the wire (`…ConnectionInspected`) mostly have no process, and either direction; their
name is the one in the request or in the TLS greeting. RemoteUrl of the others is a host, a URL or a name
that Defender attached: a hint. Process identifier and creation time together name a process instance.
Defender caps and aggregates what repeats: a connection that is not here may still have been made.
"""

from __future__ import annotations

from typing import Final

from trackway.formats.rows import Shape
from trackway.formats.vendor_forms import DEFENDER
from trackway.schema import CONNECTION_OBSERVATION, PROCESS_OBSERVATION, TEXT
from trackway.sources.defender_values import ADDITIONAL, INITIATING, additional, host
from trackway.sources.source import Decoded, Source, address_in

ACTIONS: Final = (
    "ConnectionRequest",
    "ConnectionSuccess",
    "ConnectionSuccessAggregatedReport",
    "ConnectionFailed",
    "ConnectionFailedAggregatedReport",
    "ConnectionFound",
    "ConnectionAttempt",
    "ConnectionAcknowledged",
    "InboundConnectionAccepted",
    "InboundInternetScanInspected",
    "ListeningConnectionCreated",
    "NetworkSignatureInspected",
    *(
        f"{protocol}ConnectionInspected"
        for protocol in "Http Ssl Icmp Ssh Ftp Smtp Ntlm Rdp Smb Kerberos".split()
    ),
)
"""Actions that are interpreted; `DnsConnectionInspected` is a look-up."""

SOURCE = Source(
    name="defender_network",
    title="Defender for Endpoint, network events",
    kinds=tuple(f"defender_{action.lower()}" for action in ACTIONS),
    shape=Shape(
        source="defender_network",
        providers=(),
        channels=tuple(f"{DEFENDER}{action}" for action in ACTIONS),
        events=frozenset((0,)),
        fields=(
            "ActionType",
            "RemoteIP",
            "RemotePort",
            "RemoteUrl",
            "LocalIP",
            "LocalPort",
            "Protocol",
            "AdditionalFields",
            *INITIATING,
        ),
    ),
    table=CONNECTION_OBSERVATION,
    default_on=False,
    built_in=False,
    needs="the device is onboarded to Microsoft Defender for Endpoint; export its timeline, or DeviceNetworkEvents",
    enable="onboard the device, then export the timeline from its page, or the query's result",
    proves="this process instance, with this command line and user, asked for or had this connection",
    never="every connection (what repeats is capped and aggregated); bytes; for inspected connections mostly "
    "the process",
    decoded={
        "local": address_in("LocalIP"),
        "remote": address_in("RemoteIP"),
        "remote_host": Decoded(field="RemoteUrl", function=host, type=TEXT),
        "more": Decoded(field="AdditionalFields", function=additional, type=ADDITIONAL),
    },
    further={"defender_initiator": PROCESS_OBSERVATION},
)
