"""What containers have in common: entries, and names that are shown but never used as paths."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?")
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_UPLOAD: Final = re.compile(r"(?:.*/)?uploads/(?:auto|ntfs|lazy_ntfs|file|mft|ntfs_vss|data|sparse)/")
_UNSHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing in a container, not unpacked yet.

    Attributes:
        name: as the container spells it.
        size: bytes, as the container says; trusted for nothing.
        pieces: its content, or null where there is nothing to unpack; may raise `Damaged` or
            `LimitReached` after what was readable.
        note: anything worth knowing.
        lost: whether content that should be there cannot be had.
        modified: when it was last written, as `containers.Member` has it.
    """

    name: str
    size: int = 0
    pieces: Iterable[bytes] | None = None
    note: str | None = None
    lost: bool = False
    modified: str | None = None


def shown(name: str) -> str:
    r"""Return a name with everything invisible written as `\x1b` or `\u202e`."""
    return name if name.isprintable() else "".join(map(_visible, name))


def as_collected(name: str) -> str:
    """Return a name as the host had it: Velociraptor writes `uploads/auto/C%3A/…/Microsoft-…%254Operational.evtx`."""
    return unquote(name, errors="backslashreplace") if _UPLOAD.match(name) else name


def utc_text(seconds: float) -> str | None:
    """Return Unix seconds in ISO 8601, or null for 0 (nobody knows) and for what no calendar holds."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(sep=" ") if seconds else None
    except (OverflowError, ValueError, OSError):
        return None


def suspicion(name: str) -> str | None:
    """Return what would be dangerous about a name if it were used as a path, which it never is."""
    parts = re.split(r"[/\\]", name)
    if any(unicodedata.category(letter) == "Cc" for letter in name):
        return "suspicious name: control characters"
    if name.startswith(("/", "\\")) or _DRIVE.match(name):
        return "suspicious name: an absolute path"
    if ".." in parts:
        return "suspicious name: leaves its folder"
    if any(_DEVICES.fullmatch(part) for part in parts):
        return "suspicious name: a device"
    return None


def _visible(letter: str) -> str:
    if unicodedata.category(letter) not in _UNSHOWN:
        return letter
    code = ord(letter)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004
