"""Definitions of events as rows: the catalogue, and what was learned from evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

import pyarrow as pa

from trackway.errors import EvidenceError
from trackway.logs.catalogue import Definition, catalogue
from trackway.logs.learn import Described, Learned, news

_PARAMETER: Final = pa.struct(
    [
        ("name", pa.string()),
        ("type", pa.string()),
        ("since_version", pa.int64()),
        ("meaning", pa.string()),
    ]
)
_FIELD: Final = pa.struct([("name", pa.string()), ("type", pa.string())])
_OF_BOTH: Final = (
    ("provider", pa.string()),
    ("event_id", pa.int64()),
    ("version", pa.int64()),
    ("channel", pa.string()),
    ("level", pa.int64()),
    ("keywords", pa.string()),
    ("task", pa.int64()),
    ("opcode", pa.int64()),
    ("message", pa.string()),
)
KNOWN: Final = pa.schema(
    [
        *_OF_BOTH,
        ("versions", pa.string()),
        ("title", pa.string()),
        ("default_on", pa.string()),
        ("connection", pa.string()),
        ("trap", pa.string()),
        ("complete", pa.bool_()),
        ("parameters", pa.list_(_PARAMETER)),
    ]
)
"""Columns of the catalogue."""

LEARNED: Final = pa.schema(
    [
        *_OF_BOTH,
        ("fields", pa.list_(_FIELD)),
        ("records", pa.int64()),
        ("first", pa.timestamp("us", tz="UTC")),
        ("last", pa.timestamp("us", tz="UTC")),
        ("learned_from", pa.string()),
        ("files", pa.list_(pa.string())),
        ("differs", pa.list_(pa.string())),
    ]
)
"""Columns of what evidence tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which definitions are wanted; null and empty ask for nothing.

    Attributes:
        provider: its name, with or without `Microsoft-Windows-`.
        events: ids.
        text: found anywhere in a definition, in any letter case.
    """

    provider: str | None = None
    events: frozenset[int] = frozenset()
    text: str | None = None

    def names(self, provider: str) -> bool:
        """True where this provider is meant: `dns-client` is Microsoft-Windows-DNS-Client."""
        lower = provider.lower()
        short = lower.removeprefix("microsoft-windows-")
        return self.provider is None or self.provider.lower() in {lower, short}

    def fits(self, each: Definition | Described) -> bool:
        """True for a definition that is wanted."""
        if not self.names(each.provider) or (self.events and each.event_id not in self.events):
            return False
        return not self.text or self.text.lower() in _flat(asdict(each)).lower()


def wanted(asked: Asked) -> list[Definition]:
    """Return the definitions of the catalogue that are asked for.

    Raises:
        EvidenceError: the catalogue has no such provider.
    """
    providers = sorted({each.provider for each in catalogue().values()})
    if not any(map(asked.names, providers)):
        there = f"the catalogue has no such provider; it has {', '.join(providers)}; --from learns others"
        raise EvidenceError(str(asked.provider), there)
    return [each for each in catalogue().values() if asked.fits(each)]


def known_rows(definitions: Iterable[Definition]) -> Iterator[pa.Table]:
    """Yield the rows of definitions."""
    yield pa.Table.from_pylist([asdict(each) for each in definitions], schema=KNOWN)


def parameter_rows(definitions: Iterable[Definition]) -> Iterator[pa.Table]:
    """Yield the parameters of definitions, one a row."""
    rows = [{"event_id": each.event_id, **asdict(one)} for each in definitions for one in each.parameters]
    yield pa.Table.from_pylist(rows)


def learned_rows(learned: Iterable[Learned]) -> Iterator[pa.Table]:
    """Yield the rows of what was learned."""
    yield pa.Table.from_pylist([_learned_row(each) for each in learned], schema=LEARNED)


def _flat(content: Any) -> str:
    """Return every text in a definition, one after the other."""
    if isinstance(content, dict):
        return "\n".join(map(_flat, content.values()))
    if isinstance(content, list | tuple):
        return "\n".join(map(_flat, content))
    return "" if content is None else str(content)


def _learned_row(each: Learned) -> dict[str, Any]:
    described = each.described
    return {
        **asdict(described),
        "fields": [asdict(field) for field in described.fields] if described.knows_fields else None,
        "first": None if described.first is None else described.first // 10,
        "last": None if described.last is None else described.last // 10,
        "files": list(each.files),
        "differs": news(described),
    }
