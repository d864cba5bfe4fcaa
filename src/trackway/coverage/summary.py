"""The summary of a host's witnesses: what each is, whether it was on here, and how long its log lasts.

The default sizes of logs are those of Windows 10 and 11 (Microsoft, "Event Log"; Sysmon's manifest; netsh).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

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
        hours_until_full: hours after which its log is written over at its size; null where there is no rate.
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
    for row in rows(connection, "summary", kinds=list(kinds), names=names):
        source, hours, records = installed()[row["name"]], row["hours"], row["records"]
        hourly = records / hours if hours and records > 1 else None
        yield Summary(
            host=row["host"],
            source=source.name,
            title=source.title,
            default_on=source.default_on,
            here=row["here"],
            first=row["first"],
            last=row["last"],
            records=records,
            events_an_hour=hourly,
            hours_until_full=_hours(source.kinds[0], hourly, row["size"]),
            proves=source.proves,
            never=source.never,
            enable=source.enable,
        )


def _hours(kind: str, hourly: float | None, size: int | None) -> float | None:
    """Return after how many hours the log begins to lose its oldest records, counting this source alone."""
    word = kind.partition("_")[0]
    if hourly is None or word not in BYTES_A_RECORD:
        return None
    return (size or DEFAULT_SIZES[word]) / (hourly * BYTES_A_RECORD[word])
