"""What stands in the extra fields of a zip archive's headers: large numbers and exact times.

Source: PKWARE, APPNOTE 6.3.10, 4.5; Info-ZIP's extra fields.
"""

from __future__ import annotations

import struct
from typing import Final

from trackway.evidence.entries import utc_text

IN_EXTRA: Final = 0xFFFFFFFF
"""A number that does not fit, and stands in an extra field."""

_ZIP64, _NTFS, _UNIX_TIME = 1, 0x000A, 0x5455
_NTFS_TIMES: Final = b"\1\0\x18\0"
_FILETIME_EPOCH: Final = 11_644_473_600
_NO_DAY: Final = 0x21
"""1980-01-01, which stands for "nobody knows"."""


def large(extra: bytes, *values: int) -> list[int]:
    """Replace what does not fit into 32 bits by what the zip64 extra field says, in the same order."""
    field, found = field_of(extra, _ZIP64), []
    for value in values:
        if value == IN_EXTRA and len(field) >= 8:  # noqa: PLR2004  64 bits
            value, field = int.from_bytes(field[:8], "little"), field[8:]  # noqa: PLW2901
        found.append(value)
    return found


def field_of(extra: bytes, wanted: int) -> bytes:
    """Return the content of an extra field, empty where it is missing."""
    field = b""
    while len(extra) >= 4:  # noqa: PLR2004  tag and length, two bytes each
        tag, length = struct.unpack_from("<HH", extra)
        if tag == wanted:
            field = extra[4 : 4 + length]
        extra = extra[4 + length :]
    return field


def modified(day: int, clock: int, extra: bytes) -> str | None:
    """Return when a member was last written: UTC from Info-ZIP's or NTFS's field, else MS-DOS local time."""
    unix, ntfs = field_of(extra, _UNIX_TIME), field_of(extra, _NTFS)
    if len(unix) >= 5 and unix[0] & 1:  # noqa: PLR2004  flags, then a time of 32 bits
        return utc_text(int.from_bytes(unix[1:5], "little", signed=True))
    if ntfs[4:8] == _NTFS_TIMES and len(ntfs) >= 16:  # noqa: PLR2004  reserved, tag and length, then 64 bits
        return utc_text(int.from_bytes(ntfs[8:16], "little") / 1e7 - _FILETIME_EPOCH)
    if day in (0, _NO_DAY):
        return None
    date = f"{1980 + (day >> 9)}-{day >> 5 & 15:02}-{day & 31:02}"
    return f"{date} {clock >> 11:02}:{clock >> 5 & 63:02}:{(clock & 31) * 2:02}"
