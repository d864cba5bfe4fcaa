"""XML: where an element that is a record begins and ends, and what it says.

Each element is parsed by itself. It cannot hold a document type, so no entity can be declared and nothing
is fetched, and what is broken costs only itself. Sources: W3C, XML 1.0, 2.2 (characters) and 2.8 (prolog);
MS-PSRP 2.2.5 (CLIXML); read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final
from xml.etree import ElementTree as ET

from trackway.formats.json_text import Unparsable, well_formed
from trackway.formats.pieces import LONGEST, Piece, blocks_of

Element = ET.Element

UNCLOSED: Final = "the end of the element is missing"
_LONGEST_TAG: Final = 32
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE: Final = re.compile(r"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_UNREPLACED: Final = "\t\n\r"


@dataclass(frozen=True, slots=True)
class Outermost:
    """Which elements of a text are records.

    Attributes:
        tag: matches the start (group 1) or the end of such an element.
        nests: whether such an element may hold another.
    """

    tag: re.Pattern[bytes]
    nests: bool


def elements(stream: IO[bytes], outermost: Outermost) -> Iterator[Piece]:
    """Yield every outermost element of a text in UTF-8 or UTF-16, whatever stands between them."""
    cutter = _Cutter(outermost)
    for block in blocks_of(stream):
        yield from cutter.pieces(block)
    yield from cutter.rest()


def element(raw: bytes) -> tuple[Element, bool]:
    """Return an element, and whether characters that XML forbids were replaced in it by U+FFFD.

    Raises:
        Unparsable: it is broken.
    """
    try:
        return ET.fromstring(raw), False  # noqa: S314  no prolog, no entities
    except (ET.ParseError, ValueError):
        text = raw.decode("utf-8", "replace")
    allowed = _FORBIDDEN.sub("\ufffd", _REFERENCE.sub(_allowed, well_formed(text)))
    try:
        return ET.fromstring(allowed), True  # noqa: S314  as above
    except (ET.ParseError, ValueError) as error:
        raise Unparsable(f"not XML: {error}") from error


def event_value(raw: bytes) -> tuple[dict[str, object], bool]:
    """Return an `Event` element as `event_forms.event` takes it, and whether characters were replaced.

    Raises:
        Unparsable: it is broken.
    """
    found, replaced = element(raw)
    return {"Event": value(found)}, replaced


def local_name(found: Element) -> str:
    """Return the name of an element without its namespace."""
    return found.tag.rpartition("}")[2]


def value(found: Element) -> object:
    """Return an element as JSON would hold it: attributes as `@Name`, its text as `#text`, several as a list.

    An element with text alone is that text; one with nothing is null.
    """
    node: dict[str, object] = {f"@{name.rpartition('}')[2]}": text for name, text in found.items()}
    for child in found:
        _put(node, local_name(child), value(child))
    text = found.text if found.text and (not len(found) or found.text.strip()) else None
    if not node:
        return text
    if text is not None:
        node["#text"] = text
    return node


def _put(node: dict[str, object], name: str, content: object) -> None:
    if name not in node:
        node[name] = content
        return
    several = node[name]
    if isinstance(several, list):
        several.append(content)
    else:
        node[name] = [several, content]


def _allowed(found: re.Match[str]) -> str:
    """Return a character reference, or the replacement of what no XML may refer to."""
    code = int(found[1], 16) if found[1] else int(found[2])
    is_allowed = code <= 0x10FFFF and (chr(code) in _UNREPLACED or not _FORBIDDEN.match(chr(code)))  # noqa: PLR2004
    return found[0] if is_allowed else "\ufffd"


class _Cutter:
    """Cuts elements out of blocks; holds one element at most, and measures one that is too long."""

    def __init__(self, outermost: Outermost) -> None:
        self.depth = 0
        self.start_line = 1
        self._outermost = outermost
        self._text = b""
        self._line, self._counted = 1, 0  # a line, and where in the text it stands
        self._start = 0  # of the open element
        self._searched = 0
        self._dropped = 0  # bytes of the open element that are not kept

    def pieces(self, block: bytes) -> Iterator[Piece]:
        """Yield the elements that end in this block."""
        self._text += block
        for tag in self._outermost.tag.finditer(self._text, self._searched):
            yield from self._opened(tag) if tag[1] else self._closed(tag)
            self._searched = tag.end()
        self._forget()

    def rest(self) -> Iterator[Piece]:
        """Yield what is still open at the end; what may hold whole ones comes with its text."""
        if self.depth and self._outermost.nests and not self._dropped:
            yield self.start_line, self._text[self._start :], None
        elif self.depth:
            yield self.start_line, b"", UNCLOSED

    def _opened(self, tag: re.Match[bytes]) -> Iterator[Piece]:
        if self.depth and self._outermost.nests:
            self.depth += 1
            return
        if self.depth:
            yield self.start_line, b"", UNCLOSED
        self.depth, self._dropped, self._start = 1, 0, tag.start()
        self._count(tag.start())
        self.start_line = self._line

    def _closed(self, tag: re.Match[bytes]) -> Iterator[Piece]:
        if not self.depth:
            return
        self.depth -= 1
        if self.depth:
            return
        length = tag.end() - self._start + self._dropped
        if length > LONGEST:
            yield self.start_line, b"", f"a record of {length:,} bytes is longer than {LONGEST:,}"
        else:
            yield self.start_line, self._text[self._start : tag.end()], None

    def _count(self, end: int) -> None:
        """Count lines up to `end`, unless they are counted already."""
        if end > self._counted:
            self._line += self._text.count(b"\n", self._counted, end)
            self._counted = end

    def _forget(self) -> None:
        """Keep the open element, or as much as a tag that is not complete."""
        unsearched = max(self._searched, len(self._text) - _LONGEST_TAG)
        cut = self._start if self.depth else unsearched
        if len(self._text) - cut > LONGEST:
            self._dropped += unsearched - self._start
            cut = unsearched
        self._count(cut)
        self._text, self._counted = self._text[cut:], self._counted - cut
        self._searched, self._start = max(unsearched - cut, 0), 0
