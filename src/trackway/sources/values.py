"""Texts of event fields that SQL reads badly: addresses, socket addresses and resolver answers.

Every function takes the text as written and gives null for what is none; none of them raises.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

import pyarrow as pa

ANSWERS: Final = pa.struct([("addresses", pa.list_(pa.string())), ("cnames", pa.list_(pa.string()))])

_TYPED = re.compile(r"type:\s*(\d+)\s+(\S.*)")
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
PLAIN_ADDRESS: Final = rf"^(?:{_OCTET}\.){{3}}{_OCTET}$"
"""Addresses that are spelled as they should be; most are."""

_PLAIN = re.compile(PLAIN_ADDRESS)
_CNAME = "5"
_FAMILY_IPV4, _FAMILY_IPV6 = b"\x02\x00", b"\x17\x00"
_IPV4, _IPV6 = slice(4, 8), slice(8, 24)  # sockaddr_in, sockaddr_in6


def address(text: str) -> str | None:
    """Return an IP address in its shortest spelling, or null where the text is none.

    IPv4-mapped IPv6 (`::ffff:1.2.3.4`) becomes IPv4, Sysmon's uncompressed `0:0:0:0:0:0:0:1`
    becomes `::1`, and the zone of a link-local address is cut.
    """
    if _PLAIN.fullmatch(text):
        return text
    try:
        parsed = ip_address(text.strip().split("%")[0])
    except ValueError:
        return None
    return _spelled(parsed)


def address_list(text: str) -> list[str]:
    """Return the addresses of a list such as `fe80::1;192.0.2.7`, ports and rubbish left out."""
    found = (address(_without_port(item)) for item in re.split(r"[;,\s]+", text) if item)
    return [item for item in found if item]


def answers(text: str) -> dict[str, list[str]]:
    """Return addresses and CNAME chain of a `QueryResults` text, in the order given.

    DNS-Client writes `type: 5 name`, Sysmon `type:  5 name` with two blanks; items end in `;`, and
    `-` stands for nothing. Items of other types are lossy texts and are left out.
    """
    addresses, cnames = [], []
    for item in (part.strip() for part in text.split(";")):
        typed = _TYPED.fullmatch(item)
        if typed and typed[1] == _CNAME:
            cnames.append(typed[2])
        elif not typed and (found := address(item)):
            addresses.append(found)
    return {"addresses": addresses, "cnames": cnames}


def wire_answers(text: str) -> dict[str, list[str]]:
    """Return addresses and names of an answer written as `alias.example,192.0.2.7`, in the order given."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    addresses = [address(part) for part in parts]
    names = [part for part, found in zip(parts, addresses, strict=True) if not found and " " not in part]
    return {"addresses": [found for found in addresses if found], "cnames": names}


def least(text: str) -> int | None:
    """Return the whole seconds of the shortest of `300.000000,60.000000`, or null where one is no number."""
    try:
        return min(int(float(part)) for part in text.split(","))
    except (ValueError, OverflowError):
        return None


def host_of(text: str) -> str | None:
    """Return the host of `www.example.com:8080` or `[2001:db8::1]:443`; a path or a blank in it is no host."""
    host = _without_port(text.strip())
    return host if host and not re.search(r"[\s/]", host) else None


def socket_address(text: str) -> str | None:
    """Return the address of a SOCKADDR written in hexadecimal.

    `02000035AC1227050000000000000000` is family 2, port 0x0035 = 53, 172.18.39.5; family 0x17 is IPv6.
    """
    try:
        raw = bytes.fromhex(text.strip().removeprefix("0x"))
    except ValueError:
        return address(text)
    if raw[:2] == _FAMILY_IPV4 and len(raw) >= _IPV4.stop:
        return _spelled(IPv4Address(raw[_IPV4]))
    if raw[:2] == _FAMILY_IPV6 and len(raw) >= _IPV6.stop:
        return _spelled(IPv6Address(raw[_IPV6]))
    return None


def _spelled(parsed: IPv4Address | IPv6Address) -> str:
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed)


def _without_port(text: str) -> str:
    """Cut the port of `192.0.2.1:53` or `[2001:db8::1]:53`."""
    if text.startswith("["):
        return text[1:].split("]", maxsplit=1)[0]
    return text.split(":", maxsplit=1)[0] if text.count(":") == 1 else text
