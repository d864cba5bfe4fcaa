"""Texts of a case made safe to print.

What a log holds is hostile: escape sequences, bidirectional overrides, characters of no width. Every text
of a case goes through `visible` before it reaches a person, and through `escaped` in JSON, where it stays
lossless.
"""

from __future__ import annotations

import re
from typing import Final

# Unicode, DefaultIgnorableCodePoint and blank letters that `str.isprintable` lets pass
_UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BYTE: Final = 0xFF
_PLANE: Final = 0xFFFF


def visible(text: str) -> str:
    r"""Return the text with everything that would not be seen written out: `\x1b`, `\n`, `\u202e`.

    Covers control characters, bidirectional and other format characters, characters of no width, odd blanks
    and lone surrogates. A backslash stays as it is, since Windows paths are full of them.
    """
    if _is_plain(text):
        return text
    return "".join(letter if _is_plain(letter) else _written_out(letter) for letter in text)


def escaped(json_text: str) -> str:
    r"""Return JSON with the same characters as `\u001b` escapes; it still means the same."""
    if _is_plain(json_text):
        return json_text
    return "".join(letter if _is_plain(letter) else _json_escape(letter) for letter in json_text)


def _is_plain(text: str) -> bool:
    return text.isprintable() and (text.isascii() or not _UNSEEN.search(text))


def _written_out(letter: str) -> str:
    code = ord(letter)
    if letter in _SHORT:
        return _SHORT[letter]
    if code <= _BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _PLANE else f"\\U{code:08x}"


def _json_escape(letter: str) -> str:
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
