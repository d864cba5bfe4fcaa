"""Something that happened, as Sysmon would have written it: every form that it may have had there is tried.

Sources: Sysinternals, "Sysmon"; recordings. A program that is known by its device may be on any drive. Which side of
UDP Sysmon calls the source, or of TCP that came in, differs between versions. IPv6 is written without abbreviation,
names may end with a dot, and host names stand for addresses unless DnsLookup is off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address
from itertools import product
from typing import Final

from trackway.sysmon_rules.compared import Ending, Value
from trackway.sysmon_rules.evaluated import Verdict, verdict
from trackway.sysmon_rules.rules import Rules, loaded

STARTED, CONNECTED, QUERIED = 1, 3, 22
UNKNOWN: Final = "<unknown process>"
"""What Sysmon writes for the image where the process had ended before it looked; its rules see that, too."""

_TCP: Final = 6
_PROTOCOLS: Final = {_TCP: "tcp", 17: "udp"}
_DEVICE: Final = re.compile(r"\\device\\harddiskvolume\d+(?P<path>\\.*)", re.IGNORECASE)
_ON_DRIVE: Final = re.compile(r"[a-z]:\\", re.IGNORECASE)
_DRIVE: Final = re.compile(r"\b([a-z]):(?=\\)", re.IGNORECASE)
_ANY_OTHER: Final = "?"

Fields = dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """What is known of a start, a connection or a query; null is not known.

    Attributes:
        event_id: number of the event that Sysmon could have written: 1, 3 or 22.
        image: path of the program, its path on a device, or its name alone.
        command_line: of a start.
        name: that was asked for.
        protocol: number of the protocol.
        is_outbound: whether this host began the connection.
        local_address: of this host.
        local_port: of this host.
        remote_address: of the other side.
        remote_port: of the other side.
    """

    event_id: int
    image: str | None = None
    command_line: str | None = None
    name: str | None = None
    protocol: int | None = None
    is_outbound: bool | None = None
    local_address: str | None = None
    local_port: int | None = None
    remote_address: str | None = None
    remote_port: int | None = None


def judged(rules: Rules, what: Occurrence) -> Verdict:
    """Return whether it would have been written in every form that it may have had; null where they differ."""
    verdicts = [verdict(rules, what.event_id, fields) for fields in _forms(rules, what)]
    answers = {each.written for each in verdicts}
    if len(answers) == 1:
        return verdicts[0]
    unknown = next((each for each in verdicts if each.written is None), None)
    return unknown or Verdict(None, "that depends on how Sysmon wrote it: its drive, its sides or its name")


@lru_cache(maxsize=64)
def rules_of(text: str) -> Rules | None:
    """Return the rules of a text that `Rules.text` gave, or null where it is none."""
    try:
        return loaded(text)
    except ValueError:
        return None


def _forms(rules: Rules, what: Occurrence) -> Iterator[Fields]:
    others = {STARTED: _start, CONNECTED: _ends, QUERIED: _names}[what.event_id](rules, what)
    for image, fields in product(_images(rules, what.image), others):
        yield {"Image": image, **fields}


def _images(rules: Rules, image: str | None) -> Sequence[Value]:
    """Return the path on each drive that the rules tell apart, where the drive is not known."""
    if image is None or image == UNKNOWN:
        return [image]
    if found := _DEVICE.fullmatch(image):
        return [f"{drive}:{found['path']}" for drive in _drives(rules.text())]
    if "\\" not in image and image.lower() != "system":
        return [Ending(f"\\{image}")]
    return [image] if _ON_DRIVE.match(image) or "\\" not in image else [None]


@lru_cache(maxsize=64)
def _drives(text: str) -> list[str]:
    return [*sorted({drive.lower() for drive in _DRIVE.findall(text)}), _ANY_OTHER]


def _start(rules: Rules, what: Occurrence) -> list[Fields]:
    del rules
    return [{"CommandLine": what.command_line}]


def _names(rules: Rules, what: Occurrence) -> list[Fields]:
    del rules
    name = what.name.rstrip(".") if what.name is not None else None
    return [{"QueryName": None}] if name is None else [{"QueryName": name}, {"QueryName": f"{name}."}]


def _ends(rules: Rules, what: Occurrence) -> list[Fields]:
    local, remote = (what.local_address, what.local_port), (what.remote_address, what.remote_port)
    is_sure = what.protocol == _TCP and what.is_outbound
    sides = [(local, remote)] if is_sure else [(local, remote), (remote, local)]
    common: Fields = {
        "Protocol": _PROTOCOLS.get(what.protocol) if what.protocol else None,
        "Initiated": "true" if is_sure else None,
    }
    return [
        {**common, **_side("Source", *source, host), **_side("Destination", *destination, host)}
        for source, destination in sides
        for host in _hosts(rules)
    ]


def _side(name: str, address: str | None, port: int | None, host: str | None) -> Fields:
    six = None if address is None else str(":" in address).lower()
    return {
        f"{name}Ip": _long(address),
        f"{name}IsIpv6": six,
        f"{name}Port": None if port is None else str(port),
        f"{name}Hostname": host,
    }


def _hosts(rules: Rules) -> Sequence[str | None]:
    """Return what stands for host names: nothing, written in either way, where they are not looked up."""
    told = rules.options.get("DnsLookup", rules.options.get("DNS lookup", "")).lower()
    return ["", "-"] if told in ("false", "disabled") else [None]


def _long(address: str | None) -> str | None:
    if address is None or ":" not in address:
        return address
    try:
        return ":".join(f"{int(part, 16):x}" for part in IPv6Address(address).exploded.split(":"))
    except ValueError:
        return None
