"""Times of records as whole numbers: steps of 100 ns since 1970-01-01T00:00:00Z, as exact as FILETIME.

Sources: MS-DTYP 2.3.3 (FILETIME); MS-EVEN6 2.2.15.2 (the forms that Windows compares as times).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

SECOND: Final = 10_000_000
MILLISECOND: Final = 10_000

_ISO: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s?(Z|UTC|[+-]\d\d:?\d\d)?", re.ASCII
)
_DOTNET: Final = re.compile(r"\\?/Date\((-?\d{1,14})(?:[+-]\d{4})?\)\\?/", re.ASCII)  # ConvertTo-Json of PS 5
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(NamedTuple):
    """A time, and whether it says of what zone it is."""

    ticks: int
    zoned: bool


def moment(text: str) -> Moment | None:
    """Return the time that a text is, null where it is none; without a zone it is taken as UTC."""
    if found := _DOTNET.fullmatch(text):
        return Moment(int(found[1]) * MILLISECOND, zoned=True)
    found = _ISO.fullmatch(text.strip())
    if not found:
        return None
    year, month, day, hour, minute, second = map(int, found.group(1, 2, 3, 4, 5, 6))
    try:
        whole = datetime(year, month, day, hour, minute, second, tzinfo=UTC) - _EPOCH
    except ValueError:
        return None
    part = int((found[7] or "").ljust(7, "0")[:7])
    ticks = (whole.days * 86_400 + whole.seconds) * SECOND + part - _offset(found[8])
    return Moment(ticks, zoned=found[8] is not None)


def of(time: datetime) -> int:
    """Return the ticks of an aware time."""
    return (time - _EPOCH) // timedelta(microseconds=1) * 10


def shown(ticks: int) -> str:
    """Return `2019-03-09T07:23:05.4682005Z`, as Windows writes SystemTime since Windows 10."""
    seconds, part = divmod(ticks, SECOND)
    return f"{(_EPOCH + timedelta(seconds=seconds)):%Y-%m-%dT%H:%M:%S}.{part:07}Z"


def _offset(zone: str | None) -> int:
    if zone is None or zone in {"Z", "UTC"}:
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return (-minutes if zone[0] == "-" else minutes) * 60 * SECOND
