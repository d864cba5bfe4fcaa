"""Records that PowerShell, Velociraptor and osquery print: as list, table, CSV, JSON or CLIXML.

Sources: Format-List, Format-Table, Export-Csv, ConvertTo-Json and Export-Clixml of Windows PowerShell 5.1
and 7; KAPE's and Velociraptor's results; osquery's results log. What a record is about, its names tell.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import IO, Any, Final

from trackway.evidence.settings import COLLECTION, FIREWALL_SETTINGS, LOG_CHANNELS
from trackway.evidence.witnesses import (
    DNS_CACHE,
    RESOLVED,
    SOCKETS,
    header_fields,
    plain_name,
    record_kind,
    table_columns,
)
from trackway.formats.json_text import Unparsable, exactly_parsed
from trackway.formats.pieces import pieces
from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered
from trackway.formats.whole_text import whole_text

_SPELLINGS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    DNS_CACHE: {
        "Entry": ("entry", "name"),
        "Name": ("recordname", "name"),
        "Type": ("recordtype", "type"),
        "Status": ("status", "querystatus"),
        "Section": ("section", "sectiontype"),
        "TimeToLive": ("timetolive", "ttl"),
        "Data": ("data", "record", "a", "aaaa"),
    },
    RESOLVED: {
        "Name": ("name",),
        "Type": ("type",),
        "TTL": ("ttl",),
        "Section": ("section",),
        "Data": ("ipaddress", "ip4address", "ip6address", "namehost"),
    },
    COLLECTION: {
        "Hostname": ("hostname", "os_info.hostname"),
        "Fqdn": ("fqdn", "os_info.fqdn"),
        "Started": ("start_time", "create_time"),
        "Property": ("property",),
        "Said": ("value",),
    },
    FIREWALL_SETTINGS: {
        "Profile": ("name", "profile"),
        "Allowed": ("logallowed",),
        "Dropped": ("logblocked",),
        "Path": ("logfilename",),
        "MaxSize": ("logmaxsizekilobytes",),
        "Store": ("policystore",),
    },
    LOG_CHANNELS: {
        "LogName": ("logname",),
        "Enabled": ("isenabled",),
        "MaxSize": ("maximumsizeinbytes",),
        "Mode": ("logmode",),
    },
    SOCKETS: {
        "LocalAddress": ("localaddress", "laddr.ip", "local_address", "srcip"),
        "LocalPort": ("localport", "laddr.port", "local_port", "srcport"),
        "RemoteAddress": ("remoteaddress", "raddr.ip", "remote_address", "destip"),
        "RemotePort": ("remoteport", "raddr.port", "remote_port", "destport"),
        "State": ("state", "status"),
        "Pid": ("owningprocess", "pid", "processid"),
        "Protocol": ("protocol", "type"),
        "Image": ("path", "name"),
        "ProcessName": ("processname", "process", "process_name"),
        "Created": ("creationtime", "timestamp"),
    },
}  # fmt: skip
"""Column that a source asks for, and what programs call it."""

_OF_COLLECTION: Final = ("fqdn", "os_info.fqdn", "hostname", "os_info.hostname")
"""Properties of a collector's record that say whose the collection is, the fullest name first."""

UNKNOWN: Final = "a record of another kind than the file's"

_LABELLED: Final = re.compile(r"(?P<name>[A-Za-z][\w .]*?)\s*: ?(?P<value>.*)")
_OBJECT: Final = re.compile(r"<Obj\b.*?</Obj>", re.DOTALL)
# <S N="Entry">www.example.com</S>, <U32 N="TimeToLive">38</U32>, <Nil N="Data" />
_PROPERTY: Final = re.compile(r'<(\w+) N="([^"]+)"(?:\s*/>|>([^<]*)</\1>)')
_CODED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the records of a file in any of these forms; see `formats.read`."""
    start = stream.read(4096)
    stream.seek(0)
    if start.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith((b"{", b"[")):
        found = _json(stream)
    else:
        found = _printed(whole_text(stream, ledger))
    yield from gathered(_kinds(found), shapes, ledger)


Record = tuple[int, dict[str, Any] | str]


def _kinds(found: Iterator[Record]) -> Iterator[Found]:
    """Give each record its kind, and its values plain names."""
    for line, record in found:
        if isinstance(record, str):
            yield "", line, record
            continue
        values = {plain_name(name): value for name, value in record.items() if value not in (None, "")}
        kind = record_kind([plain_name(name) for name in record])
        yield (
            ("", line, UNKNOWN)
            if kind is None
            else (kind, line, _renamed(kind, values) | _system(kind, values))
        )


def _renamed(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values by the names that a source asks for, whatever a program calls them."""
    return {
        column: next(values[name] for name in names if name in values)
        for column, names in _SPELLINGS.get(kind, {}).items()
        if not values.keys().isdisjoint(names)
    }


def _system(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """Add what osquery and Velociraptor say of every record: host and time."""
    found: dict[str, Any] = {}
    names = ("hostidentifier", "_fqdn", *(_OF_COLLECTION if kind == COLLECTION else ()))
    if host := next((values[name] for name in names if values.get(name)), None):
        found["computer"] = host
    if moment := values.get("unixtime"):
        found |= {"time_text": moment, "TimeBasis": "collector"}
    return found


def _json(stream: IO[bytes]) -> Iterator[Record]:
    for line, raw, problem in pieces(stream):
        if problem is not None:
            yield line, problem
            continue
        try:
            value, _ = exactly_parsed(raw)
        except Unparsable as reason:
            yield line, str(reason)
            continue
        for record in _unwrapped(value):
            yield line, _flat(record) if isinstance(record, dict) else UNKNOWN


def _unwrapped(value: Any) -> list[Any]:
    """Return the records in osquery's wrapping, with its host and time; else the value itself."""
    if not isinstance(value, dict):
        return [value]
    around = {name: content for name, content in value.items() if name in ("hostIdentifier", "unixTime")}
    for inner in ("columns", "snapshot"):
        content = value.get(inner)
        if isinstance(content, dict):
            return [{**content, **around}]
        if isinstance(content, list) and all(isinstance(each, dict) for each in content):
            return [{**each, **around} for each in content]
    return [value]


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record whose inner objects are spelled with a point: `Laddr.IP`."""
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{below}": inner for below, inner in value.items()}
        else:
            flat[name] = value
    return flat


def _printed(text: str) -> Iterator[Record]:
    if "<Objs" in text[:400]:
        return _clixml(text)
    if header := header_fields(text):
        return _csv(text, *header)
    lines = text.split("\n")
    if table := table_columns(lines):
        return _table(lines, *table)
    return _list(lines)


def _clixml(text: str) -> Iterator[Record]:
    for found in _OBJECT.finditer(text):
        record = {
            name: _CODED.sub(lambda code: chr(int(code[1], 16)), unescape(value))
            for _, name, value in _PROPERTY.findall(found[0])
        }
        if record_kind(list(record)):
            yield text.count("\n", 0, found.start()) + 1, record


def _csv(text: str, header_line: int, names: Sequence[str], delimiter: str) -> Iterator[Record]:
    lines = text.split("\n")[header_line + 1 :]
    reader = csv.reader(lines, delimiter=delimiter)
    line = header_line + 2
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield line, f"not CSV: {error}"
            continue
        if row is None:
            return
        if any(row):
            yield (
                line,
                dict(zip(names, row, strict=False)) if len(row) <= len(names) else "more values than columns",
            )
        line = header_line + 2 + reader.line_num


def _table(lines: Sequence[str], rule: int, columns: Sequence[tuple[int, int, str]]) -> Iterator[Record]:
    for number, line in enumerate(lines[rule + 1 :], rule + 2):
        if line.strip():
            yield number, {name: line[start:end].strip() for start, end, name in columns}


def _list(lines: Sequence[str]) -> Iterator[Record]:
    """Yield records of `Name : value` lines; a blank line, or a name that comes again, ends one."""
    record: dict[str, Any] = {}
    first = last = ""
    start = 0
    for number, line in enumerate([*lines, ""], 1):
        found = _LABELLED.fullmatch(line)
        name = found["name"] if found else ""
        if record and (not line.strip() or name == first):
            yield start, record
            record = {}
        if found:
            start, first = (start, first) if record else (number, name)
            record[name], last = found["value"].strip(), name
        elif line.strip() and record:  # a value that goes on in the next line
            record[last] += line.strip()
