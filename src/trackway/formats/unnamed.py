r"""Names for the values of exports that give an event's values without them, or its message alone.

Get-WinEvent has the values in the order of the event's template (`Properties`); its CSV and CLIXML, and
Event Viewer's CSV, have only the message. A message of the Security log holds one value a line,
`\tNew Process ID:\t\t0x1b70`, whatever the language, in an order of its own; Sysmon's holds the names of
the fields themselves; DNS-Client's is an English sentence. `unnamed.csv` has the orders; `…` there stands
for further values that newer builds add. Sources: Microsoft's event manifests, and recordings that hold
message and fields side by side.

Who can write into a value (a command line, a look-up) could write what looks like another value: a message
in which a name comes twice, or that has another number of values, is not read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

_MORE: Final = "…"
_SYSMON: Final = "microsoft-windows-sysmon"

# "\tAccount Name:\t\t-"; in French a blank stands before the colon, in Japanese it may be a wide one
_VALUE: Final = re.compile(r"^\t?([^\t\r\n]{1,80}?)[ \xa0\u202f]?[:\uff1a]\t+([^\r\n]*)", re.MULTILINE)
_NAMED: Final = re.compile(r"^([A-Za-z0-9]{2,40}):(?: (.*))?$")

_NAME_AND_TYPE: Final = r"name (?P<QueryName>\S+), type (?P<QueryType>\d+)\b"
_CLIENT: Final = r"(?:, client PID (?P<ClientPID>\d+))?\s*"
_SENTENCES: Final = {
    ("microsoft-windows-dns-client", number): re.compile(pattern, re.DOTALL)
    for number, pattern in {
        3006: rf".*{_NAME_AND_TYPE}.*",
        3008: rf".*{_NAME_AND_TYPE}.* with status (?P<QueryStatus>\d+) Results ?(?P<QueryResults>.*?)\s*",
        3009: r".* name (?P<QueryName>\S+) \(.* local addresses (?P<LocalAddress>.*) and Dns Servers "
        rf"(?P<DNSServerAddress>.*?){_CLIENT}",
        3010: r".* DNS Server (?P<DnsServerIpAddress>\S+) for name (?P<QueryName>\S+) and type "
        rf"(?P<QueryType>\d+){_CLIENT}",
        3011: r".* DNS Server (?P<DnsServerIpAddress>\S+) for name (?P<QueryName>\S+) and type "
        rf"(?P<QueryType>\d+) with response status (?P<ResponseStatus>\d+){_CLIENT}",
        3016: rf".*{_NAME_AND_TYPE}.*?{_CLIENT}",
        3018: rf".*{_NAME_AND_TYPE}.* returned (?P<Status>\d+) with results ?(?P<QueryResults>.*?){_CLIENT}",
        3019: rf".*{_NAME_AND_TYPE}.*?{_CLIENT}",
        3020: rf".*{_NAME_AND_TYPE}.* returned (?P<Status>\d+) with results ?(?P<QueryResults>.*?){_CLIENT}",
    }.items()
} | {
    # Creating Scriptblock text (1 of 2): and its text, an empty line, ScriptBlock ID: and Path:
    ("microsoft-windows-powershell", 4104): re.compile(
        r"[^\r\n]*\((?P<MessageNumber>\d+)\D+(?P<MessageTotal>\d+)\D*\)[^\r\n]*\r?\n(?P<ScriptBlockText>.*?)\r?\n\r?\n"
        r"[^\r\n]*ID[^\r\n:]*: ?(?P<ScriptBlockId>[0-9a-fA-F-]{36})\r?\n[^\r\n:]*: ?(?P<Path>[^\r\n]*)\s*",
        re.DOTALL,
    )
}


def from_properties(provider: str, event_id: int, values: Sequence[object]) -> dict[str, object] | None:
    """Return the values of an event's template by their names, or null where their order is not known."""
    return next(
        (
            _paired(names, values)
            for names in _orders("properties", provider, event_id)
            if _fit(names, values)
        ),
        None,
    )


def from_message(provider: str, event_id: int, message: str) -> dict[str, object] | None:
    """Return what a rendered message says, by the names of the fields, or null where it cannot be read."""
    key = (provider.lower(), event_id)
    if key[0] == _SYSMON:
        return _sysmon(event_id, message)
    if key in _SENTENCES:
        found = _SENTENCES[key].fullmatch(message)
        return {name: text for name, text in found.groupdict().items() if text} if found else None
    values = [found[2].strip() for found in _VALUE.finditer(message)]
    orders = _orders("message", provider, event_id)
    return next((_paired(names, values) for names in orders if _fit(names, values)), None)


def _fit(names: Sequence[str], values: Sequence[object]) -> bool:
    if names[-1] == _MORE:
        return len(values) >= len(names) - 2  # the last one before the rest came with a newer version
    return len(names) == len(values)


def _paired(names: Sequence[str], values: Sequence[object]) -> dict[str, object]:
    return {name: value for name, value in zip(names, values, strict=False) if name != _MORE}


def _sysmon(event_id: int, message: str) -> dict[str, object] | None:
    """Read `Name: value` lines; a line without a name of the event goes on with the value before it."""
    known = {name for names in _orders("message", _SYSMON, event_id) for name in names}
    found: dict[str, object] = {}
    last = None
    for line in message.splitlines()[1:]:
        named = _NAMED.match(line)
        if named and named[1] in known:
            if named[1] in found:
                return None
            last = named[1]
            found[last] = named[2] or ""
        elif last:
            found[last] = f"{found[last]}\n{line}"
    return {name: str(value).strip() for name, value in found.items()} or None


def _orders(told_by: str, provider: str, event_id: int) -> Sequence[tuple[str, ...]]:
    return _all_orders().get((told_by, provider.lower(), event_id), ())


@cache
def _all_orders() -> Mapping[tuple[str, str, int], list[tuple[str, ...]]]:
    found: dict[tuple[str, str, int], list[tuple[str, ...]]] = {}
    lines = files(__package__).joinpath("unnamed.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        for told_by in ("properties", "message") if row["told_by"] == "both" else (row["told_by"],):
            key = (told_by, row["provider"].lower(), int(row["event_id"]))
            found.setdefault(key, []).append(tuple(row["names"].split()))
    return found
