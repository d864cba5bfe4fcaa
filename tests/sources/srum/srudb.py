"""SRUDB.dat of a test's making: what programs counted, by the columns that the esedb-kb project documents."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from trackway.formats.srum import NAMES, TABLES

from .ese import BYTE, CLEAN, DATE, LONG, LONG_BINARY, LONG_LONG, Value, database

ETHERNET, WIRELESS = 6 << 48, 71 << 48
ANNA: Final = "S-1-5-21-1-2-3-1001"
POWERSHELL: Final = r"\Device\HarddiskVolume3\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"

_NAMES: Final = {"IdType": BYTE, "IdIndex": LONG, "IdBlob": LONG_BINARY}
_COMMON: Final = {
    "AutoIncId": LONG,
    "TimeStamp": DATE,
    "AppId": LONG,
    "UserId": LONG,
    "InterfaceLuid": LONG_LONG,
}
_USAGE: Final = {
    **_COMMON, "L2ProfileId": LONG, "L2ProfileFlags": LONG, "BytesSent": LONG_LONG, "BytesRecvd": LONG_LONG,
}  # fmt: skip
_CONNECTIVITY: Final = {
    **_COMMON, "L2ProfileId": LONG, "ConnectedTime": LONG, "ConnectStartTime": LONG_LONG, "L2ProfileFlags": LONG,
}  # fmt: skip


class Sum(NamedTuple):
    """One row of the network usage table; its time is when it was written."""

    time: str
    sent: int = 1_000
    received: int = 20_000
    program: str | None = POWERSHELL
    user: str = ANNA
    interface: int = ETHERNET


class Connected(NamedTuple):
    """One row of the network connectivity table."""

    time: str
    start: str
    seconds: int


def srudb(*rows: Sum | Connected, state: int = CLEAN, first: int = 101) -> bytes:
    """Return a database that holds these rows, numbered from `first` in each table."""
    sums = [row for row in rows if isinstance(row, Sum)]
    connected = [row for row in rows if isinstance(row, Connected)]
    texts = sorted({each for row in sums for each in (row.program, row.user) if each})
    number = {text: place for place, text in enumerate(texts, 2)}
    names: list[Sequence[Value]] = [(0, 1, None)]
    names += [(3 if text.startswith("S-1-") else 0, place, _blob(text)) for text, place in number.items()]
    usage = [
        (
            each, ole(row.time), number.get(row.program or "", 1), number[row.user], row.interface, 0, 0, row.sent,
            row.received,
        )
        for each, row in enumerate(sums, first)
    ]  # fmt: skip
    connectivity = [
        (each, ole(row.time), 1, 1, ETHERNET, 0, row.seconds, filetime(row.start), 0)
        for each, row in enumerate(connected, first + len(sums))
    ]
    return database(
        {
            NAMES: (_NAMES, names),
            TABLES["usage"]: (_USAGE, usage),
            TABLES["connectivity"]: (_CONNECTIVITY, connectivity),
        },
        state=state,
    )


def ole(time: str) -> float:
    """Return a UTC time as days since 1899-12-30."""
    return _since(time, 1899, 12, 30) / timedelta(days=1)


def filetime(time: str) -> int:
    return int(_since(time, 1601, 1, 1) / timedelta(microseconds=1)) * 10


def _since(time: str, *day: int) -> timedelta:
    year, month, number = day
    return datetime.fromisoformat(f"{time}+00:00") - datetime(year, month, number, tzinfo=UTC)


def _blob(text: str) -> bytes:
    if not text.startswith("S-1-"):
        return f"{text}\0".encode("utf-16-le")
    _, revision, authority, *below = map(int, text.replace("S", "0").split("-"))
    return (
        bytes([revision, len(below)]) + authority.to_bytes(6, "big") + struct.pack(f"<{len(below)}I", *below)
    )
