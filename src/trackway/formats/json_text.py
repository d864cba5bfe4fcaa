"""JSON values: parsed fast, leniently where that loses nothing, and written back as text.

Sources: RFC 8259; orjson's and the standard library's documentation. Of two equal keys the last one
wins, as in both parsers.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

import orjson

from trackway.evidence.kinds import SYSLOG

_FAR: Final = 18
"""Digits of an integer that certainly fits into 64 bits."""

_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1
_NUL_PADDING: Final = "\0 \t\r\n\ufeff"


class Unparsable(ValueError):  # noqa: N818  the state of a record, not an error of ours
    """A text that is not JSON, and why, in words for the ledger."""


class Inexact(Exception):  # noqa: N818  asks for the exact parser
    """A number whose spelling the fast parser does not keep."""


def parsed(raw: bytes) -> tuple[Any, bool]:
    """Return a JSON value, and whether bytes that are no UTF-8 were replaced in it by U+FFFD.

    Raises:
        Unparsable: it is none, whatever is forgiven.
    """
    try:
        return orjson.loads(raw), False
    except orjson.JSONDecodeError:
        bare = SYSLOG.sub(b"", raw)
        return parsed(bare) if len(bare) < len(raw) else exactly_parsed(raw)


def exactly_parsed(raw: bytes) -> tuple[Any, bool]:
    """Parse slowly: numbers keep their spelling, and what exporters do wrong is forgiven.

    Forgiven are NUL bytes and a byte order mark around the value, a comma after it, what a syslog relay wrote
    in front of it, control characters in strings, NaN, lone surrogates, and bytes that are no UTF-8.
    """
    text = SYSLOG.sub(b"", raw).decode("utf-8", "replace")
    replaced = "\ufffd" in text and not _is_utf8(raw)
    text = text.strip(_NUL_PADDING).removesuffix(",")
    if not text:
        raise Unparsable("NUL bytes only")
    try:
        return _LENIENT.decode(text), replaced
    except json.JSONDecodeError as error:
        raise Unparsable(f"not JSON: {error.msg.lower()} at character {error.pos + 1:,}") from error
    except RecursionError as error:
        raise Unparsable("JSON nested too deeply") from error


def value_text(value: object) -> str | None:
    """Return a value as the text that stands for it: strings as they are, others as JSON, null as null.

    Raises:
        Inexact: it is a number that only `exactly_parsed` keeps as written.
    """
    if isinstance(value, str):
        return value if value.isascii() else well_formed(value)
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        raise Inexact
    if isinstance(value, int):
        return str(value)
    return _compact(value)


def integer(value: object) -> int | None:
    """Return a number of at most 64 bits, also from a decimal or hexadecimal text."""
    if isinstance(value, str):
        return _integer_of(value.strip())
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if _LOWEST <= value <= _HIGHEST else None
    return None


def well_formed(text: str) -> str:
    """Return the text with each lone surrogate replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _integer_of(text: str) -> int | None:
    if re.fullmatch(r"[+-]?[0-9]{1,20}", text):
        return integer(int(text))
    if re.fullmatch(r"0[xX][0-9A-Fa-f]{1,16}", text):
        return integer(int(text, 16))
    return None


def _compact(value: object) -> str | None:
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return well_formed(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _short_integer(text: str) -> int | str:
    """Keep an integer that may not fit into 64 bits as the text it is; Python refuses 4,300 digits."""
    return int(text) if len(text) <= _FAR else text


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


_LENIENT: Final = json.JSONDecoder(
    parse_float=str, parse_int=_short_integer, parse_constant=str, strict=False
)
