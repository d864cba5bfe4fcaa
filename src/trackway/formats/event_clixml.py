"""Events as PowerShell's Export-Clixml writes them: objects of Get-WinEvent.

Source: MS-PSRP 2.2.5, serialisation of primitive types and complex objects, read 2026-11. Times carry their
zone, or are UTC (`Z`). Values of the event are there only where the export went deep enough; else the
message alone tells them (see `unnamed`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import IO, Any, Final

from trackway.formats import markup
from trackway.formats.reading import Language, Origin, Reading
from trackway.formats.rows import Ledger, RowStream, Shape

_OBJECTS: Final = markup.Outermost(re.compile(rb"(<Obj(?=[\s>]))|</Obj\s{0,8}>"), nests=True)
_OUTERMOST: Final = re.compile(rb"\n {0,2}(?=<Obj\s)")  # deeper ones are indented further
_NUMBER: Final = re.compile(rb'<I32 N="Id">([0-9]{1,9})</I32>')
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LISTS: Final = frozenset({"LST", "IE", "QUE", "STK"})


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the rows of an export; see `formats.read`."""
    return Reading(_CLIXML, shapes, ledger).rows(markup.elements(stream, _OBJECTS))


def _parsed(raw: bytes) -> tuple[Any, bool]:
    found, replaced = markup.element(raw)
    return _content(found), replaced


def _content(found: markup.Element) -> object:
    """Return a primitive value as its text, a list as a list, an object as its properties or its text."""
    name = markup.local_name(found)
    if name == "Nil":
        return None
    if name != "Obj":
        return _ESCAPED.sub(_character, found.text or "")
    properties = {
        _ESCAPED.sub(_character, child.get("N", "")): _content(child)
        for part in found
        if markup.local_name(part) in ("Props", "MS")
        for child in part
    }
    return properties or _list_or_text(found)


def _list_or_text(found: markup.Element) -> object:
    for part in found:
        if markup.local_name(part) in _LISTS:
            return [_content(child) for child in part]
    texts = (part.text for part in found if markup.local_name(part) in ("ToString", "I32", "By", "U32"))
    return next(texts, None)


def _character(found: re.Match[str]) -> str:
    """`_x000D__x000A_` is the end of a line; two surrogates beside each other become one character."""
    return chr(int(found[1], 16))


def _parts(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the objects inside one whose end is missing."""
    starts = [found.end() for found in _OUTERMOST.finditer(raw)]
    for start, end in zip(starts, [*starts[1:], len(raw)], strict=False):
        part = raw[start:end]
        last = part.rfind(b"</Obj>")
        yield raw.count(b"\n", 0, start), part[: last + len(b"</Obj>")] if last >= 0 else part


def _origin(raw: bytes) -> Origin | None:
    found = _NUMBER.findall(raw)
    return (
        (int(found[0]), None, None) if len(found) == 1 else None
    )  # several: one without an end holds others


_CLIXML: Final = Language(
    name="CLIXML",
    parsed=_parsed,
    exactly=_parsed,
    origin=_origin,
    parts=_parts,
    replaced="characters that XML forbids",
)
