"""Logs of Zeek: conn, dns, http and ssl, tab-separated or JSON, one record a line.

Source: Zeek, "Log Formats" and "Logs": `#separator`, `#path` and `#fields` stand above the records and recur
where files were put together; `-` is a value that is not set, `(empty)` an empty one. JSON leaves out what is
not set, so a record is told by a field that its log always has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

import orjson

from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered
from trackway.formats.text_lines import line_blocks

CONN, DNS, REQUEST = "zeek_conn", "zeek_dns", "zeek_request"

_TOLD_BY: Final = (
    (CONN, ("conn_state", "missed_bytes")),
    (DNS, ("rejected", "qtype", "rcode")),
    (REQUEST, ("request_body_len", "established", "server_name")),
)
"""Fields of which a record of the log has at least one, and no record of another log has any."""

_ENDS: Final = {
    "ts": "time_text",
    "id.orig_h": "OrigHost",
    "id.orig_p": "OrigPort",
    "id.resp_h": "RespHost",
    "id.resp_p": "RespPort",
    "proto": "Proto",
}
_FIELDS: Final = {
    CONN: _ENDS | {"conn_state": "State", "orig_bytes": "OrigBytes", "resp_bytes": "RespBytes"},
    DNS: _ENDS
    | {
        "query": "Query",
        "qtype": "Type",
        "rcode": "Rcode",
        "AA": "Authority",
        "answers": "Answers",
        "TTLs": "Ttls",
    },
    REQUEST: _ENDS,
}


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the records of a log of Zeek; those of other logs of its are ignored; see `formats.read`."""
    yield from gathered(_found(stream), shapes, ledger)


@dataclass(frozen=True, slots=True)
class _Header:
    """What the comment lines so far say."""

    separator: str = "\t"
    unset: str = "-"
    empty: str = "(empty)"
    fields: tuple[str, ...] = ()

    def after(self, comment: str) -> _Header:
        name, _, value = comment.partition(" " if comment.startswith("#separator") else self.separator)
        match name:
            case "#separator":
                return _Header(_decoded(value), self.unset, self.empty, self.fields)
            case "#unset_field":
                return _Header(self.separator, value, self.empty, self.fields)
            case "#empty_field":
                return _Header(self.separator, self.unset, value, self.fields)
            case "#fields":
                return _Header(self.separator, self.unset, self.empty, tuple(value.split(self.separator)))
        return self

    def record(self, line: str) -> dict[str, Any] | str:
        values = line.split(self.separator)
        if len(values) > len(self.fields):
            return f"{len(values)} values where {len(self.fields)} are named"
        # an empty last value may have been trimmed
        if len(values) < len(self.fields) - 1:
            return f"{len(values)} values where {len(self.fields)} are named: the line is cut off"
        pairs = zip(self.fields, values, strict=False)
        return {name: value for name, value in pairs if value not in (self.unset, self.empty)}


def _decoded(value: str) -> str:
    r"""Return the character that `\x09` spells; anything else stands for itself."""
    try:
        return chr(int(value.removeprefix("\\x"), 16)) if value.startswith("\\x") else value[:1] or "\t"
    except ValueError:
        return "\t"


def _found(stream: IO[bytes]) -> Iterator[Found]:
    header = _Header()
    for first, lines, _ in line_blocks(stream):
        for number, line in enumerate(lines.to_pylist(), first):
            if line.startswith("#"):
                header = header.after(line)
            elif line:
                yield _one(number, _object(line) if line.startswith("{") else header.record(line))


def _object(line: str) -> dict[str, Any] | str:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return f"not JSON: {error}"
    if not isinstance(value, dict):
        return "not an object"
    ends = value.get("id")
    return value | {f"id.{name}": end for name, end in ends.items()} if isinstance(ends, dict) else value


def _one(line: int, record: dict[str, Any] | str) -> Found:
    if isinstance(record, str):
        return "", line, record
    kind = kind_of(record)
    if kind is None:
        return "zeek_other", line, {}
    values = {column: _text(record.get(name)) for name, column in _FIELDS[kind].items()}
    if kind == REQUEST:
        values |= _asked(record)
    values["time_text"] = _utc(values["time_text"])
    return kind, line, values


def kind_of(names: Mapping[str, Any]) -> str | None:
    """Return which log a record with fields of these names is of, or null where it is none that is read."""
    return next((kind for kind, some in _TOLD_BY if any(name in names for name in some)), None)


def _asked(record: Mapping[str, Any]) -> dict[str, object]:
    """Return what the client asked for: the target of CONNECT, the Host, the name in the TLS greeting."""
    if "request_body_len" not in record:
        return {"Log": "ssl", "Asked": _text(record.get("server_name"))}
    asked = record.get("uri") if record.get("method") == "CONNECT" else record.get("host")
    return {"Log": "http", "Asked": _text(asked)}


def _utc(moment: object) -> object:
    """Zeek's times are UTC, as seconds since 1970 or, if so configured, in ISO 8601 with a Z."""
    return moment[:-1] + "+00:00" if isinstance(moment, str) and moment.endswith("Z") else moment


def _text(value: object) -> object:
    """Return a value as text, a list with commas between its elements, as the tab-separated form has it."""
    if isinstance(value, list):
        return ",".join(str(each).replace(",", "\\x2c") for each in value)
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, float):
        return f"{value:.6f}"
    return value if value is None else str(value)
