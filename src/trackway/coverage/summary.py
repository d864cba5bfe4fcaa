"""The summary of a host's witnesses: what each is, whether it was on here, and how long its log lasts.

The default sizes of logs are those of Windows 10 and 11 (Microsoft, "Event Log"; Sysmon's manifest; netsh).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
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
"""Bytes of one record where no log here tells; measured on logs of the lab."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One source on one host.

    Attributes:
        host: computer.
        source: name of the source.
        title: as a responder calls it.
        default_on: whether Windows writes it without anybody asking.
        here: the states it had while this host was watched, the longest first.
        first: first record; null where there is none.
        last: last record.
        records: number of records.
        events_an_hour: records in an hour in which it was on; null where there are too few.
        hours_until_full: hours after which its log, with all else that stands in it, is written over; null where
            there is no rate.
        proves: what a record proves.
        never: what no record ever says.
        enable: what switches it on.
    """

    host: str
    source: str
    title: str
    default_on: bool
    here: str
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
    found = rows(connection, "summary", kinds=list(kinds), names=names)
    bytes_an_hour = Counter[tuple[str, str]]()
    for row in found:
        word = _log(row["name"])
        bytes_an_hour[row["host"], word] += (_hourly(row) or 0) * BYTES_A_RECORD.get(word, 0)  # type: ignore[assignment]  # no count
    for row in found:
        source, hourly = installed()[row["name"]], _hourly(row)
        yield Summary(
            host=row["host"],
            source=source.name,
            title=source.title,
            default_on=source.default_on,
            here=row["here"],
            first=row["first"],
            last=row["last"],
            records=row["records"],
            events_an_hour=hourly,
            hours_until_full=_hours(row, bytes_an_hour[row["host"], _log(row["name"])]) if hourly else None,
            proves=source.proves,
            never=source.never,
            enable=source.enable,
        )


def _log(source: str) -> str:
    """Return the word by which the kinds of one log begin."""
    return installed()[source].kinds[0].partition("_")[0]


def _hourly(row: Mapping[str, Any]) -> float | None:
    return row["records"] / row["hours"] if row["hours"] and row["records"] > 1 else None


def _hours(row: Mapping[str, Any], bytes_an_hour: float) -> float | None:
    """Return after how many hours the log begins to lose its oldest records: of all sources that stand in it."""
    word = _log(row["name"])
    return (row["size"] or DEFAULT_SIZES[word]) / bytes_an_hour if bytes_an_hour else None
