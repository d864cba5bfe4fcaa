"""`AdditionalFields` of Microsoft Defender for Endpoint: JSON in a text, another for each kind of action.

Sources: records of DnsQueryResponse (`DnsQueryString`, `DnsQueryResult`) and of the inspected connections,
whose names are Zeek's (`query`, `qtype`, `rcode`, `answers`, `host`, `server_name`, `direction`).
"""

from __future__ import annotations

import re
from typing import Any, Final

import orjson
import pyarrow as pa

from trackway.sources.values import address

ADDITIONAL: Final = pa.struct(
    [
        ("name", pa.string()),
        ("query_type", pa.int64()),
        ("status", pa.int64()),
        ("addresses", pa.list_(pa.string())),
        ("cnames", pa.list_(pa.string())),
        ("asked_name", pa.string()),
        ("direction", pa.string()),
        ("techniques", pa.list_(pa.string())),
    ]
)

INITIATING: Final = tuple(
    f"InitiatingProcess{name}"
    for name in "Id CreationTime FileName FolderPath CommandLine AccountDomain AccountName AccountSid "
    "ParentId ParentFileName ParentCreationTime IntegrityLevel SHA1 SHA256 MD5 LogonId".split()
)
"""Columns about the process behind an action."""

_FIRST_RCODE: Final = 9000
"""Windows writes an answer's code as 9000 and more, except for 0."""

_TECHNIQUE: Final = re.compile(r"\bT\d{4}(?:\.\d{3})?\b")
_HOST: Final = re.compile(r"(?i)(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?(\[[^\]]+\]|[^/:?#\s]+)")
_TYPES: Final = {
    "A": 1,
    "NS": 2,
    "CNAME": 5,
    "PTR": 12,
    "MX": 15,
    "TXT": 16,
    "AAAA": 28,
    "SRV": 33,
    "HTTPS": 65,
}


def additional(text: str) -> dict[str, Any]:
    """Return what a text says of names, answers and direction; nothing where it is no JSON object."""
    fields = _object(text)
    results = _results(fields.get("dnsqueryresult"))
    answered = [*results, *_listed(fields.get("answers"))]
    return {
        "name": _text(fields.get("dnsquerystring")) or _text(fields.get("query")),
        "query_type": _number(fields.get("qtype")) or _TYPES.get(str(fields.get("qtype_name", "")).upper()),
        "status": _status(fields.get("rcode")),
        "addresses": [found for each in answered if (found := address(each))],
        "cnames": [each for each in answered if not address(each)],
        "asked_name": host(_text(fields.get("server_name")) or _text(fields.get("host")) or ""),
        "direction": {"out": "outbound", "in": "inbound"}.get(str(fields.get("direction", "")).lower()),
        "techniques": sorted(set(_TECHNIQUE.findall(text))),
    }


def host(text: str) -> str | None:
    """Return the host of a URL or of `host:port`, or null where there is none or it is an address."""
    found = _HOST.match(text.strip())
    name = found[1].rstrip(".") if found else ""
    return name if name and not address(name.strip("[]")) else None


def _object(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return {str(name).lower(): value for name, value in found.items()} if isinstance(found, dict) else {}


def _results(value: object) -> list[str]:
    """Read `[{"DnsQueryType": "A", "Result": "192.0.2.1"}]`, also where it is a text once more."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return _listed(value)
    if not isinstance(value, list):
        return []
    rows = [
        {str(name).lower(): text for name, text in row.items()} if isinstance(row, dict) else row
        for row in value
    ]
    return [text for row in rows if (text := _text(row.get("result") if isinstance(row, dict) else row))]


def _listed(value: object) -> list[str]:
    if isinstance(value, str):
        value = re.split(r"[;,\s\[\]\"]+", value)
    return [text for each in value if (text := _text(each))] if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def _status(value: object) -> int | None:
    code = _number(value)
    return code + _FIRST_RCODE if code else code
