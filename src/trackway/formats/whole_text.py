"""Small texts as a whole, in whichever code page a console wrote them."""

from __future__ import annotations

from typing import IO, Final

from trackway.evidence.kinds import encoding
from trackway.formats.rows import Ledger

LONGEST: Final = 64 << 20
"""Bytes of a snapshot; real ones stay below 1 MiB."""

OEM: Final = "cp850"
"""What a console writes where it writes no Unicode: which page does not matter, since names and numbers are
ASCII in all of them, and this one has a letter for every byte."""


def whole_text(stream: IO[bytes], ledger: Ledger) -> str:
    """Return a text in UTF-8, UTF-16 or some code page; what is longer than `LONGEST` is cut and said."""
    raw = stream.read(LONGEST + 1)
    if len(raw) > LONGEST:
        ledger.note, ledger.damaged = f"longer than {LONGEST:,} bytes; the rest was not read", True
    codec, start = encoding(raw)
    try:
        text = raw[start:LONGEST].decode(codec)
    except UnicodeDecodeError:
        text = raw[start:LONGEST].decode(OEM if codec == "utf-8" else codec, "replace")
    return text.replace("\0", "").replace("\r", "")
