"""The summary of a host's witnesses: what each is, whether it was on here, and how long its log lasts.

The default sizes of logs are those of Windows 10 and 11 (Microsoft, "Event Log"; Sysmon's manifest; netsh).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import duckdb

from trackway.coverage.asked import rows
from trackway.sources import installed

_MEBIBYTE: Final = 1 << 20
DEFAULT_SIZES: Final = {
    "security": 20 * _MEBIBYTE,
    "sysmon": 64 * _MEBIBYTE,
    "dns": 1028 << 10,
    "powershell": 15 * _MEBIBYTE,
    "system": 20 * _MEBIBYTE,
    "firewall": 4096 << 10,
}
"""Bytes after which a log writes over its oldest records, by the first word of its kinds; else 1 MiB."""

BYTES_A_RECORD: Final = {"security": 800, "sysmon": 900, "dns": 350, "powershell": 2500, "firewall": 110}
"""Bytes of one record where no log here tells by its own size; measured on logs of the lab."""


ANSWERING: Final = (
    "security_5156", "sysmon_3", "firewall_log", "dns_client_3008", "sysmon_22", "security_4688", "sysmon_1",
    "powershell_4104",
)  # fmt: skip
"""Kinds of record that answer the questions of stories, in the order in which they are told: who connected, which name,
what started it. Where a source has one, its states are the source's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One source on one host.

    Attributes:
        host: computer.
        source: name of the source.
        title: as a responder calls it.
        built_in: whether it comes with Windows.
        default_on: whether Windows writes it without anybody asking.
        kind: the kind of record whose states are told: the one that answers questions, or the most frequent.
        here: the states that it had while this host was watched, the longest first.
        shares: of each state, the part of that time, 0 to 1, in the order of `here`.
        first: first record; null where there is none.
        last: last record.
        records: number of records.
        events_an_hour: records in an hour in which it was on; null where it was for less than a minute.
        hours_until_full: hours after which its log, with all else that stands in it, is written over; null where
            nothing shows the rate.
        proves: what a record proves.
        never: what no record ever says.
        enable: what switches it on.
    """

    host: str
    source: str
    title: str
    built_in: bool
    default_on: bool
    kind: str
    here: str
    shares: dict[str, float]
    first: datetime | None
    last: datetime | None
    records: int
    events_an_hour: float | None
    hours_until_full: float | None
    proves: str
    never: str
    enable: str


def summaries(connection: duckdb.DuckDBPyConnection) -> Iterator[Summary]:
    """Yield a summary of every source that this host has records of or that answers a story's questions."""
    kinds = {kind: source for source in installed().values() for kind in source.kinds}
    names = [source.name for source in kinds.values()]
    found = rows(connection, "summary", kinds=list(kinds), names=names, asked=list(ANSWERING))
    estimated = Counter[tuple[str, str]]()
    for row in found:
        word = _log(row["name"])
        estimated[row["host"], word] += (row["hourly"] or 0) * BYTES_A_RECORD.get(word, 0)
    for row in sorted(found, key=lambda row: (row["host"], rank(row["kind"]), row["name"])):
        source = installed()[row["name"]]
        shares = _shares(row["states"])
        yield Summary(
            host=row["host"],
            source=source.name,
            title=source.title,
            built_in=source.built_in,
            default_on=source.default_on,
            kind=row["kind"],
            here=", ".join(shares),
            shares=shares,
            first=row["first"],
            last=row["last"],
            records=row["records"],
            events_an_hour=row["hourly"] if row["records"] > 1 else None,
            hours_until_full=_hours(row, estimated[row["host"], _log(row["name"])]),
            proves=source.proves,
            never=source.never,
            enable=source.enable,
        )


def rank(kind: str) -> int:
    """Return where a kind of record is told: those that answer questions first."""
    return ANSWERING.index(kind) if kind in ANSWERING else len(ANSWERING)


def _shares(states: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    total = sum(each["hours"] for each in states)
    return {each["state"]: round(each["hours"] / total, 4) if total else 0.0 for each in states}


def _log(source: str) -> str:
    """Return the word by which the kinds of one log begin."""
    return installed()[source].kinds[0].partition("_")[0]


def _hours(row: Mapping[str, Any], estimated: float) -> float | None:
    """Return after how many hours the log begins to lose its oldest records: of all sources that stand in it."""
    filling = (row["bytes_an_hour"] or estimated) if row["hourly"] else 0
    return (row["size"] or DEFAULT_SIZES.get(_log(row["name"]), _MEBIBYTE)) / filling if filling else None
