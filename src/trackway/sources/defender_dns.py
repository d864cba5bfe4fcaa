"""Microsoft Defender for Endpoint: look-ups, in a device timeline, DeviceEvents or DeviceNetworkEvents.

Source: Microsoft, reference of the table DeviceEvents; exports. DnsQueryResponse names the process that
asked. Where that is Defender's own sensor (MsSense.exe, SenseNdr.exe) or the resolver service, it asked for
somebody else, as the resolver's own records do, and nobody is named. DnsConnectionInspected is a question
seen on the wire, mostly without a process.
"""

from __future__ import annotations

from typing import Final

from trackway.formats.rows import Shape
from trackway.formats.vendor_forms import DEFENDER
from trackway.schema import DNS_OBSERVATION, PROCESS_OBSERVATION, TEXT
from trackway.sources.defender_values import ADDITIONAL, INITIATING, additional, host
from trackway.sources.source import Decoded, Source, address_in

ACTIONS: Final = ("DnsQueryResponse", "DnsConnectionInspected")

SOURCE = Source(
    name="defender_dns",
    title="Defender for Endpoint, DNS events",
    kinds=tuple(f"defender_{action.lower()}" for action in ACTIONS),
    shape=Shape(
        source="defender_dns",
        providers=(),
        channels=tuple(f"{DEFENDER}{action}" for action in ACTIONS),
        events=frozenset((0,)),
        fields=("ActionType", "RemoteIP", "LocalIP", "RemoteUrl", "AdditionalFields", *INITIATING),
    ),
    table=DNS_OBSERVATION,
    default_on=False,
    built_in=False,
    needs="the device is onboarded to Microsoft Defender for Endpoint; export its timeline, or DeviceEvents",
    enable="onboard the device, then export the timeline from its page, or the query's result",
    proves="this name was asked for, by this process where one is named, and these addresses came back",
    never="every look-up (what repeats is capped); the TTL; who asked where Defender's sensor resolved it",
    decoded={
        "more": Decoded(field="AdditionalFields", function=additional, type=ADDITIONAL),
        "local": address_in("LocalIP"),
        "server": address_in("RemoteIP"),
        "remote_host": Decoded(field="RemoteUrl", function=host, type=TEXT),
    },
    further={"defender_initiator": PROCESS_OBSERVATION},
)
