"""Access logs of web proxies: Squid's own format, the combined one, and W3C's extended one.

Sources: Squid, "Log Files" (native: end of the request in seconds since 1970, its duration in ms); Apache,
"Combined Log Format"; W3C, "Extended Log File Format" (`#Fields`, UTC); Microsoft, "W3C Logging" of IIS;
Broadcom, "Access Log Formats" of ProxySG. Both products write `time-taken` in milliseconds, the standard
wants seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Final

from trackway.evidence.witnesses import COMBINED, SQUID
from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered
from trackway.formats.text_lines import line_blocks

KIND: Final = "proxy_request"

_NO_REQUEST: Final = "neither a line of Squid's own format nor of the combined one"
_VALUE: Final = re.compile(r'"[^"]*"|\S+')
_AUTHORITY: Final = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^/?#@\s]*@)?(\[[^\]\s]+\]|[^/?#:\s]+)")
_IN_MILLISECONDS: Final = re.compile(r"Internet Information Services|SGOS|Blue ?Coat|ProxySG", re.IGNORECASE)

_COLUMNS: Final = {
    "Client": ("c-ip",),
    "ClientPort": ("c-port",),
    "Proxy": ("s-ip",),
    "ProxyPort": ("s-port",),
    "Method": ("cs-method",),
    "Host": ("cs-host", "cs(host)", "r-host"),
    "Uri": ("cs-uri", "cs-uri-stem"),
    "User": ("cs-username", "cs-user"),
    "Sent": ("cs-bytes",),
    "Received": ("sc-bytes",),
}
"""Column that the source asks for, and the fields of W3C's format that it may stand in."""


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the requests of a proxy's log in Squid's own or the combined format; see `formats.read`."""
    yield from gathered(_each(stream, _plain), shapes, ledger)


def w3c(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the requests of a log in W3C's extended format; see `formats.read`."""
    yield from gathered(_each(stream, _Extended()), shapes, ledger)


Reader = Callable[[str], "dict[str, object] | str | None"]
"""Gives the values of a line, why it has none, or null for a line that is no record."""


def _each(stream: IO[bytes], reader: Reader) -> Iterator[Found]:
    for first, lines, _ in line_blocks(stream):
        for number, line in enumerate(lines.to_pylist(), first):
            if line and (record := reader(line)) is not None:
                yield KIND, number, record


def _plain(line: str) -> dict[str, object] | str:
    if found := SQUID.match(line):
        end, elapsed, client, received, method, url, user = found.groups()
        record = {"time_text": end, "Elapsed": elapsed, "Received": received, "User": user}
    elif found := COMBINED.match(line):
        client, user, moment, method, url, received = found.groups()
        record = {"time_text": _iso(moment), "Received": received, "User": user}
    else:
        return _NO_REQUEST
    address, port = _apart(client)
    return record | {"Client": address, "ClientPort": port, "Method": method, "Host": _host(url)}


def _iso(moment: str) -> str:
    """Return `27/Nov/2021:03:17:39 +0100` in ISO 8601; what is no such date stays as it is."""
    try:
        return datetime.strptime(moment, "%d/%b/%Y:%H:%M:%S %z").isoformat(sep=" ")
    except ValueError:
        return moment


def _apart(client: str) -> tuple[str, str | None]:
    """Return address and port of `192.0.2.7:50638`; most logs give the address alone."""
    address, colon, port = client.rpartition(":")
    is_both = bool(colon) and port.isdecimal() and (address.count(":") == 0 or address.startswith("["))
    return (address.strip("[]"), port) if is_both else (client, None)


def _host(target: str | None) -> str | None:
    """Return the host of a URL, or of the `host:443` of CONNECT; a path alone has none."""
    found = _AUTHORITY.match(target or "")
    return found[1].strip("[]") if found else None


class _Extended:
    """Reads the lines of one file; what its comments say holds until they say otherwise."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._milliseconds = True

    def __call__(self, line: str) -> dict[str, object] | str | None:
        if line.startswith("#"):
            self._hear(line)
            return None
        values = [value.strip('"') for value in (_VALUE.findall(line) if '"' in line else line.split())]
        if len(values) != len(self._names):
            return f"{len(values)} values where {len(self._names)} are named"
        named = zip(self._names, values, strict=True)
        return self._record({name: value for name, value in named if value != "-"})

    def _hear(self, comment: str) -> None:
        name, _, value = comment.partition(":")
        if name == "#Software":
            self._milliseconds = bool(_IN_MILLISECONDS.search(value))
        elif name == "#Fields":
            self._names = value.lower().split()

    def _record(self, values: Mapping[str, str]) -> dict[str, object]:
        found: dict[str, object] = {
            column: next((values[name] for name in names if name in values), None)
            for column, names in _COLUMNS.items()
        }
        target = str(found.pop("Uri") or "")
        asked = found["Host"] or ("" if target.startswith("/") else target)
        moment = f"{values.get('date', '')} {values.get('time', '')}".strip()
        elapsed = self._elapsed(values.get("time-taken"))
        return found | {
            "Host": _host(str(asked)),
            "Elapsed": elapsed,
            "time_text": f"{moment}+00:00" if moment else values.get("timestamp"),
        }

    def _elapsed(self, taken: str | None) -> str | None:
        """Return milliseconds; a program that does not say which it is means seconds, as the standard does."""
        try:
            return taken if self._milliseconds or taken is None else str(round(float(taken) * 1000))
        except (ValueError, OverflowError):
            return taken
