"""Which rows a user wants to see: one vocabulary for the command line, Python and the pages.

`WORDS` declares the words, `Filters.parse` reads and checks their values, and `Filters.variables` hands
them to DuckDB as variables, which the queries in `query/` compare with. No value is ever formatted into SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

from trackway.errors import UsageError

Network = IPv4Network | IPv6Network

PROTOCOLS: Final = {
    "tcp": 6,
    "udp": 17,
    "icmp": 1,
    "icmpv6": 58,
    "igmp": 2,
    "gre": 47,
    "esp": 50,
    "ah": 51,
    "sctp": 132,
    "hopopt": 0,
    "ipv4": 4,
    "ipv6": 41,
    "eigrp": 88,
    "ospf": 89,
}
"""IANA protocol numbers by the names that this package prints; others are given by number."""

DIRECTIONS: Final = ("outbound", "inbound", "local", "unknown")
ACTIONS: Final = ("allowed", "blocked", "established", "failed", "unknown")

ESCAPE: Final = "^"
"""Escapes `%`, `_` and itself in a pattern for LIKE; unlike a backslash it is rare in Windows paths."""

_MAPPED_PREFIX: Final = 96  # ::ffff:0:0/96
_LAST_PORT: Final = 65_535
_LAST_PROTOCOL: Final = 255
_LAST_PID: Final = 2**32 - 1
_TIME_FORMS: Final = (
    "a time as 2021-11-27T03:17:39Z or 2021-11-27T04:17:39+01:00 (UTC without a zone), or a date"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a row must be to be shown; null asks for nothing. All words together must hold.

    Letter case never matters. Times are UTC and include both ends. Make one with `parse`, which checks.
    """

    host: str | None = None
    process: str | None = None
    pid: int | None = None
    user: str | None = None
    name: str | None = None
    address: Network | None = None
    port: int | None = None
    protocol: int | None = None
    direction: str | None = None
    action: str | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    min_confidence: float | None = None
    contains: str | None = None

    @classmethod
    def parse(cls, **values: object) -> Filters:
        """Read filters from text (or from values of the right type); null leaves a word out.

        Raises:
            UsageError: a word does not exist, or a value is not one of its accepted forms.
        """
        unknown = sorted(set(values) - set(WORDS))
        if unknown:
            raise UsageError(f"{unknown[0]}: there is no such filter; there are {', '.join(WORDS)}")
        given = {word: WORDS[word].read(word, value) for word, value in values.items() if value is not None}
        filters = cls(**given)  # type: ignore[arg-type]  # each reader returns the type of its field
        if filters.since and filters.until and filters.since > filters.until:
            raise UsageError("--since lies after --until; nothing can be between them")
        return filters

    def given(self) -> frozenset[str]:
        """Return the words that ask for something."""
        return frozenset(field.name for field in fields(self) if getattr(self, field.name) is not None)

    def variables(self) -> Iterator[tuple[str, str, object]]:
        """Yield name, type and value of each DuckDB variable that the queries compare with.

        Globs arrive as patterns for `ILIKE … ESCAPE '^'`. The address is not among them: DuckDB has no
        networks, so `query` decides about each different address and lists those wanted.
        """
        for word in ("host", "name", "source"):
            yield word, "VARCHAR", _pattern(getattr(self, word))
        yield from _base_or_whole("process", self.process)
        yield from _base_or_whole("user", self.user)
        for word in ("pid", "port", "protocol"):
            yield word, "BIGINT", getattr(self, word)
        for word in ("direction", "action", "contains"):
            yield word, "VARCHAR", getattr(self, word)
        for word in ("since", "until"):
            yield word, "TIMESTAMPTZ", getattr(self, word)
        yield "min_confidence", "DOUBLE", self.min_confidence


def moment(word: str, value: object) -> datetime:
    """Return a time as aware UTC.

    ISO 8601; without a zone it is UTC. A date alone is its first moment, or its last one for `until`.

    Args:
        word: the option it was given to, for the error.
        value: text, or a date or datetime.

    Raises:
        UsageError: it is no time.
    """
    found = _moment(value)
    if found is None:
        raise _wrong(word, value, _TIME_FORMS)
    if not isinstance(found, datetime):
        return datetime.combine(found, time.max if word == "until" else time.min, UTC)
    try:
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        raise _wrong(word, value, _TIME_FORMS) from None


def option(word: str) -> str:
    """Return how a word is written on the command line."""
    return f"--{word.replace('_', '-')}"


def _moment(value: object) -> date | None:
    if isinstance(value, date):
        return value
    text = str(value).strip()
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    return None


def _glob(word: str, value: object) -> str:
    text = str(value).strip()
    if not text:
        raise _wrong(word, value, "a text; * and ? stand for anything")
    return text


def _text(word: str, value: object) -> str:
    if not str(value):
        raise _wrong(word, value, "a text to search for")
    return str(value).lower()


def _number(last: int) -> Callable[[str, object], int]:
    def read(word: str, value: object) -> int:
        text = str(value).strip()
        if not _is_number(text, last):
            raise _wrong(word, value, f"a number from 0 to {last}")
        return int(text)

    return read


def _is_number(text: str, last: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(last)) and int(text) <= last


def _network(word: str, value: object) -> Network:
    """Read an address or CIDR; bits behind the prefix are cut, an IPv4-mapped address is IPv4."""
    try:
        network = ip_network(str(value).strip(), strict=False)
    except ValueError:
        raise _wrong(
            word, value, "an address as 203.0.113.7 or 2001:db8::7, or a network as 10.0.0.0/8"
        ) from None
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped and network.prefixlen >= _MAPPED_PREFIX:
        return ip_network(f"{mapped}/{network.prefixlen - _MAPPED_PREFIX}")
    return network


def _protocol(word: str, value: object) -> int:
    text = str(value).strip().lower()
    if text in PROTOCOLS:
        return PROTOCOLS[text]
    if _is_number(text, _LAST_PROTOCOL):
        return int(text)
    raise _wrong(word, value, f"one of {', '.join(PROTOCOLS)}, or a number from 0 to {_LAST_PROTOCOL}")


def _one_of(choices: tuple[str, ...]) -> Callable[[str, object], str]:
    def read(word: str, value: object) -> str:
        text = str(value).strip().lower()
        if text not in choices:
            raise _wrong(word, value, f"one of {', '.join(choices)}")
        return text

    return read


def _probability(word: str, value: object) -> float:
    try:
        found = float(str(value))
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise _wrong(word, value, "a number from 0 to 1")
    return found


def _wrong(word: str, value: object, forms: str) -> UsageError:
    return UsageError(f"{option(word)} {value}: give {forms}")


def _pattern(glob: str | None) -> str | None:
    """Return the pattern for LIKE that `*` and `?` of a glob mean; everything else stands for itself."""
    if glob is None:
        return None
    escaped = "".join(ESCAPE + letter if letter in f"%_{ESCAPE}" else letter for letter in glob)
    return escaped.replace("*", "%").replace("?", "_")


def _base_or_whole(word: str, glob: str | None) -> Iterator[tuple[str, str, object]]:
    """Yield two patterns, one of them null: what holds a backslash is the whole text, else its last part."""
    whole = glob is not None and "\\" in glob
    yield f"{word}_whole", "VARCHAR", _pattern(glob) if whole else None
    yield f"{word}_base", "VARCHAR", None if whole else _pattern(glob)


@dataclass(frozen=True, slots=True)
class Word:
    """One filter: how its value is called and read, and what it means."""

    metavar: str
    meaning: str
    read: Callable[[str, object], object]


WORDS: Final = {
    "host": Word("NAME", "Host, by its full or short name; * and ? stand for anything.", _glob),
    "process": Word("GLOB", "Process by file name (power*) or, with a backslash, by path.", _glob),
    "pid": Word("PID", "Process identifier.", _number(_LAST_PID)),
    "user": Word("GLOB", "Account, with DOMAIN\\ or without.", _glob),
    "name": Word("GLOB", "Name asked for, or an alias on the way to its answer.", _glob),
    "address": Word("ADDRESS", "Address or network (203.0.113.0/24), on either side.", _network),
    "port": Word("PORT", "Port, on either side.", _number(_LAST_PORT)),
    "protocol": Word("PROTOCOL", "Protocol by name (tcp, udp, icmp...) or number.", _protocol),
    "direction": Word("|".join(DIRECTIONS), "Direction.", _one_of(DIRECTIONS)),
    "action": Word("|".join(ACTIONS), "What became of it.", _one_of(ACTIONS)),
    "source": Word("GLOB", "Kind of record behind it, for instance security_5156 or sysmon_*.", _glob),
    "since": Word("TIME", "Not over before this time (ISO 8601, UTC unless it says a zone) or date.", moment),
    "until": Word("TIME", "Not begun after this time or date (the whole day).", moment),
    "min_confidence": Word("P", "At least this probability: of the process, or of the link.", _probability),
    "contains": Word("TEXT", "Text anywhere in what the evidence says in the row.", _text),
}
"""Every filter, in the order in which they are listed."""
