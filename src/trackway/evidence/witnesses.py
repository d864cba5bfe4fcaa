"""Texts of witnesses that are no event logs, recognised by what their first lines say.

Sources: the header that the Windows Firewall writes into its log, and the order of its columns from
Windows XP to 11; Squid's native and combined log formats, W3C's extended one, Zeek's logs; the layout of
`ipconfig /displaydns`, of PowerShell's lists and tables, of osquery's and Velociraptor's results.
Labels in human languages are never relied on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from typing import Final

from trackway.evidence.settings import COLLECTION, FIREWALL_SETTINGS, LOG_CHANNELS, setting_kind
from trackway.evidence.tables import fields

_FIREWALL_FIELDS: Final = re.compile(r"^#Fields:.*\bsrc-ip\b.*\bdst-ip\b", re.MULTILINE)
# 2021-11-27 3:17:39 ALLOW UDP 192.168.0.107 8.8.8.8 …, a log whose beginning is cut off
_FIREWALL_LINE: Final = re.compile(
    r"\d{4}-\d\d-\d\d \d{1,2}:\d\d:\d\d (?:ALLOW|DROP|OPEN|OPEN-INBOUND|CLOSE|INFO-EVENTS-LOST) [\w-]+ \S+ \S+ "
)
# C:                              \Device\HarddiskVolume3                  NTFS
_VOLUME_LINE: Final = re.compile(
    r"^[ \t]*[A-Za-z]:[ \t]+\\Device\\HarddiskVolume\d+[ \t\r]", re.MULTILINE | re.IGNORECASE
)
# a name, indented, underlined; below it a label with dots and a number, or nothing but words
_UNDERLINED: Final = re.compile(r"^[ \t]{2,}\S[^\r\n]*\r*\n[ \t]*-{20,}[ \t]*\r*$", re.MULTILINE)
# an owner, at most three lines of what it has, and its TTL in seconds and in words
_NSLOOKUP: Final = re.compile(
    r"^[ \t]*->[ \t]+\S+[ \t\r]*\n(?:[^\n]*\n){0,3}?[^=\n]+ = \d+ \([^)\n]+\)", re.MULTILINE
)
#   TCP    192.168.0.107:50638    203.0.113.7:443    HERGESTELLT     20220
NETSTAT: Final = re.compile(
    r"[ \t]*(TCP|UDP)[ \t]+([\d.]+|\[[\da-fA-F:.%]+\]):(\d+)[ \t]+(\*|[\d.]+|\[[\da-fA-F:.%]+\]):(\d+|\*)"
    r"(?:[ \t]+([^\d\s]\S*(?:[ \t]+[^\d\s]\S*)*))?(?:[ \t]+(\d+))?[ \t\r]*"
)
"""Protocol, both ends with their ports, the state in words, and the PID of a line of netstat."""

_NETSTAT_LINE: Final = re.compile(rf"^{NETSTAT.pattern}$", re.MULTILINE)
_DIG: Final = re.compile(
    r"^;; (?:flags:|ANSWER SECTION:|->>HEADER<<-)|^\S+\.\s+\d+\s+IN\s+(?:A|AAAA|CNAME)\s+\S+\s*$",
    re.MULTILINE,
)
_HOSTS_LINE: Final = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]+)(?:%\d+)?[ \t]+[\w.-]+(?:[ \t]+[\w.-]+)*"
)

# 1637983059.250    112 10.0.0.5 TCP_TUNNEL/200 4512 CONNECT www.example.com:443 anna HIER_DIRECT/203.0.113.7 -
SQUID: Final = re.compile(
    r"\s*(\d{9,10}\.\d{1,6})\s+(-?\d+)\s+(\S+)\s+[A-Z][\w-]*/\d{3}\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+)\s+\S+/\S+"
)
"""End, milliseconds, client, bytes, method, URL and user of a line in Squid's own format."""

# 10.0.0.5 - anna [27/Nov/2021:03:17:39 +0100] "CONNECT www.example.com:443 HTTP/1.1" 200 4512 "-" "agent" TCP_TUNNEL…
COMBINED: Final = re.compile(
    r"(\S+) \S+ (\S+) \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] \"([A-Z_]+) (\S+)(?: HTTP/[\d.]+)?\""
    r" \d{3} (\d+|-)"
)
"""Client, user, moment, method, URL and bytes of a line in the combined format."""

_EXTENDED_FIELDS: Final = re.compile(r"^#Fields:(?=.*\sc-ip\b)(?=.*\scs)", re.MULTILINE)
_ZEEK_HEAD: Final = re.compile(r"^#separator \S+|^#fields\s+ts\s+uid\s", re.MULTILINE)

DNS_CACHE, SOCKETS, RESOLVED = "dns_cache", "open_sockets", "resolved"

_RECORDS: Final = (
    (DNS_CACHE, {"entry", "timetolive"}),
    (DNS_CACHE, {"entry", "recordname"}),
    (DNS_CACHE, {"entry", "name", "status", "type"}),
    (DNS_CACHE, {"name", "recordtype", "ttl"}),
    (DNS_CACHE, {"name", "type", "flags"}),
    (SOCKETS, {"localaddress", "localport", "remoteaddress", "remoteport"}),
    (SOCKETS, {"laddr.ip", "laddr.port", "raddr.ip", "raddr.port"}),
    (SOCKETS, {"pid", "srcip", "srcport", "destip", "destport"}),
    (SOCKETS, {"local_address", "local_port", "remote_address", "remote_port", "pid"}),
    (RESOLVED, {"name", "type", "ttl", "section"}),
    (COLLECTION, {"hostname", "fqdn"}),
    (COLLECTION, {"os_info.hostname", "os_info.fqdn"}),
    (COLLECTION, {"session_id", "create_time", "start_time"}),
    (COLLECTION, {"collector", "property", "value"}),
    (FIREWALL_SETTINGS, {"logallowed", "logblocked", "logfilename"}),
    (LOG_CHANNELS, {"logname", "logmode", "maximumsizeinbytes"}),
)
"""Names of properties that records of one kind have, whoever printed them."""

_FEW: Final = 200


def witness_kind(text: str) -> str | None:
    """Return the kind of a text that some witness wrote, or null.

    Args:
        text: its beginning, without byte order mark.
    """
    text = text.lstrip("\0")
    return next((kind for kind, is_it in _KINDS.items() if is_it(text)), None) or setting_kind(text)


def record_kind(names: Collection[str]) -> str | None:
    """Return what records with properties of these names are about, or null; letter case does not matter."""
    known = {plain_name(name) for name in names}
    return next((kind for kind, wanted in _RECORDS if wanted <= known), None)


def plain_name(name: str) -> str:
    """Return the name of a property without letter case and blanks: `Remote Port` is `remoteport`."""
    return re.sub(r"[\s\"]", "", name).lower()


def header_fields(text: str) -> tuple[int, list[str], str] | None:
    """Return the line of a CSV header that names a known kind of record, its names and their delimiter."""
    for number, line in enumerate(text.split("\n", 3)[:3]):
        for delimiter in ",;\t":
            names = fields(line.strip("\r\ufeff"), delimiter) or []
            if len(names) > 1 and record_kind(names):
                return number, names, delimiter
    return None


def table_columns(lines: list[str]) -> tuple[int, list[tuple[int, int, str]]] | None:
    """Return where a PowerShell table's rule of dashes is, and start, end and name of each column.

    A header may be broken over several lines, in the middle of a word.
    """
    for place, line in enumerate(lines):
        if place and re.fullmatch(r"\s*-+(?: +-+)+\s*", line):
            spans = [found.span() for found in re.finditer(r"-+ *", line)]
            spans = [
                (start, next_start)
                for (start, _), (next_start, _) in zip(spans, [*spans[1:], (1 << 30, 0)], strict=True)
            ]
            above = _header_lines(lines, place)
            names = ["".join(part[start:end].strip() for part in above) for start, end in spans]
            if record_kind(names):
                return place, [(*span, name) for span, name in zip(spans, names, strict=True)]
    return None


def _header_lines(lines: list[str], place: int) -> list[str]:
    start = place
    while start and lines[start - 1].strip() and place - start < 4:  # noqa: PLR2004  no header is higher
        start -= 1
    return lines[start:place]


def _is_firewall_log(text: str) -> bool:
    return bool(_FIREWALL_FIELDS.search(text) or _FIREWALL_LINE.match(text.lstrip()))


def _is_proxy_log(text: str) -> bool:
    line = text.lstrip().partition("\n")[0]
    return bool(SQUID.match(line) or COMBINED.match(line))


def _is_zeek(text: str) -> bool:
    """True for the head of a tab-separated log, or a JSON record with moment, connection and its first end."""
    if not text.lstrip().startswith("{"):
        return bool(_ZEEK_HEAD.search(text[:4096]))
    names = set(_first_names(text))
    return {"ts", "uid"} <= names and bool(names & {"id.orig_h", "id"})


def _is_objects(text: str) -> bool:
    """True for records that PowerShell, Velociraptor, osquery or Zeek printed, in any of their forms."""
    if text.lstrip().startswith(("{", "[")):
        return record_kind(list(_first_names(text))) is not None
    if "<Objs" in text[:400]:
        return record_kind(re.findall(r'<\w+ N="([^"]+)"', text)) is not None
    lines = text.split("\n", _FEW)
    return bool(
        header_fields(text)
        or table_columns(lines)
        or record_kind([line.partition(":")[0] for line in lines if re.match(r"[\w ]+\s+: ?|\w+\s*:", line)])
    )


def _first_names(text: str) -> Iterator[str]:
    """Yield the names of the first JSON object, those of objects in it behind a point, or in osquery's wrapping."""
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text[text.index("{") :])
    except (ValueError, RecursionError):
        return
    for inner in ("columns", "snapshot"):
        wrapped = value.get(inner)
        wrapped = wrapped[0] if isinstance(wrapped, list) and wrapped else wrapped
        value = wrapped if isinstance(wrapped, dict) else value
    for name, content in value.items():
        yield name
        if isinstance(content, dict):
            yield from (f"{name}.{below}" for below in content)


def _is_hosts_file(text: str) -> bool:
    """True where every line that is no comment is an address and names; a comment may follow."""
    lines = [line.split("#")[0].strip() for line in text.splitlines()[:_FEW]]
    found = [line for line in lines if line]
    named = "127.0.0.1       localhost" in text or "hosts file" in text[:2000].lower()
    return all(_HOSTS_LINE.fullmatch(line) for line in found) and (bool(found) or named)


_KINDS: Final[dict[str, Callable[[str], bool]]] = {
    "firewall_log": _is_firewall_log,
    "proxy_log": _is_proxy_log,
    "w3c_log": lambda text: bool(_EXTENDED_FIELDS.search(text)),
    "zeek_log": _is_zeek,
    "displaydns": lambda text: bool(_UNDERLINED.search(text)),
    "netstat": lambda text: bool(_NETSTAT_LINE.search(text)),
    "volume_map": lambda text: bool(_VOLUME_LINE.search(text)),
    "objects": _is_objects,
    "nslookup": lambda text: bool(_NSLOOKUP.search(text)),
    "dig": lambda text: bool(_DIG.search(text)),
    "hosts_file": _is_hosts_file,
}
