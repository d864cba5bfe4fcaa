r"""SRUM's database, `%SystemRoot%\System32\sru\SRUDB.dat`: what programs sent and received, hour by hour.

Source: "System Resource Usage Monitor (SRUM) database" of the esedb-kb project, and a recorded database. Windows adds
up in memory and writes the sums about every hour and at shutdown: `TimeStamp` is the end of what a row counts. Rows
name programs and accounts by numbers, which `SruDbIdMapTable` tells: type 3 is a SID, any other a text in UTF-16.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import IO, Final

from trackway.evidence.limits import cause
from trackway.formats.ese import DAMAGE, Database, Row
from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered

KIND: Final = "srum"

TABLES: Final = {
    "usage": "{973F5D5C-1D90-4944-BE8E-24B94231A174}",
    "connectivity": "{DD6636C4-8929-4683-974E-22C046A43763}",
}
"""The tables that are read: Windows' network data usage monitor and its network connectivity usage monitor."""

NAMES: Final = "SruDbIdMapTable"

DIRTY: Final = (
    "the database was in use when it was copied: rows that only its transaction logs hold are missing; on copies, "
    "`esentutl /r sru /i` in the folder sru adds them, `esentutl /p SRUDB.dat` does without them"
)
BROKEN: Final = "the database is broken ({}); if it is SRUM's, `esentutl /p SRUDB.dat` repairs a copy"

_NUMBERS: Final = {
    "Sent": "bytessent", "Received": "bytesrecvd", "Interface": "interfaceluid", "Seconds": "connectedtime",
}  # fmt: skip
_SID: Final = 3
_OLE_EPOCH, _FILETIME_EPOCH = datetime(1899, 12, 30, tzinfo=UTC), datetime(1601, 1, 1, tzinfo=UTC)


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield what the database counts; see `formats.read`."""
    yield from gathered(_told(stream, ledger), shapes, ledger)


def _told(stream: IO[bytes], ledger: Ledger) -> Iterator[Found]:
    try:
        database = Database(stream)
        if not database.has(NAMES):
            ledger.note = "an ESE database, but not SRUM's; nothing in it is read"
            return
        if not database.is_clean:
            ledger.damaged = True
            yield KIND, 0, DIRTY
        yield from _counted(database)
    except DAMAGE as reason:
        ledger.damaged = True
        yield KIND, 0, BROKEN.format(cause(reason))


def _counted(database: Database) -> Iterator[Found]:
    names, line = dict[int, str](), 0
    for row in database.rows(NAMES):
        if isinstance(row, str):
            yield KIND, 0, row
        else:
            names |= _named(row)
    for table, name in TABLES.items():
        for line, row in enumerate(database.rows(name), line + 1):  # noqa: B020  goes on where the last table ended
            yield KIND, line, row if isinstance(row, str) else _said(table, row, names)


def _named(row: Row) -> Mapping[int, str]:
    """Return the number that a program or an account has in this database, and what it means."""
    number, kind, name = _number(row.get("idindex")), _number(row.get("idtype")), row.get("idblob")
    text = None if name is None else _sid(name) if kind == _SID else name.decode("utf-16-le", "replace")
    return {number: text.rstrip("\0")} if number is not None and text else {}


def _said(table: str, row: Row, names: Mapping[int, str]) -> dict[str, object]:
    return {
        "Counted": table,
        "record": _number(row.get("autoincid")),
        "time_text": _ole_date(row.get("timestamp")),
        "App": names.get(_number(row.get("appid")) or 0),
        "User": names.get(_number(row.get("userid")) or 0),
        "Since": _filetime(row.get("connectstarttime")),
        **{name: _number(row.get(column)) for name, column in _NUMBERS.items()},
    }


def _number(raw: bytes | None) -> int | None:
    return None if raw is None else int.from_bytes(raw, "little", signed=True)


def _ole_date(raw: bytes | None) -> str | None:
    """Return the time of an OLE automation date, days since 1899-12-30 in UTC: 44516.804166… is 2021-11-16 19:18."""
    if raw is None or len(raw) != 8:  # noqa: PLR2004  a double
        return None
    (days,) = struct.unpack("<d", raw)
    try:
        return _utc(_OLE_EPOCH + timedelta(milliseconds=round(days * 86_400_000)))
    except (ValueError, OverflowError):
        return f"{days} days after 1899-12-30"


def _filetime(raw: bytes | None) -> str | None:
    try:
        return _utc(_FILETIME_EPOCH + timedelta(microseconds=(_number(raw) or 0) // 10)) if raw else None
    except OverflowError:
        return None


def _utc(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="milliseconds")


def _sid(raw: bytes) -> str | None:
    """Return a SID as text: `01 01 000000000005 12000000` is S-1-5-18."""
    below = raw[8:]
    if len(raw) < 8 or len(below) != 4 * raw[1]:  # noqa: PLR2004  revision, count, six bytes of authority
        return None
    parts = struct.unpack(f"<{raw[1]}I", below)
    return "-".join(["S", str(raw[0]), str(int.from_bytes(raw[2:8], "big")), *map(str, parts)])
