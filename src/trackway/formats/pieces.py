"""Where a record begins and ends in a text of JSON: lines, or elements of an array.

Memory stays bounded whatever the text: it is read in blocks, and a record that is too long is measured
and passed over.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator, Iterator
from itertools import chain
from typing import IO, Final

import orjson

from trackway.evidence.kinds import HEAD, encoding

Piece = tuple[int, bytes, str | None]
"""1-based line at which a record starts, its bytes, and why there are none."""

LONGEST: Final = 64 << 20
"""Bytes of one record; real ones stay below 1 MiB, since an event itself ends at 64 KiB."""

_BLOCK: Final = 1 << 20
_BLANK: Final = b"\0 \t\r\n"

_BETWEEN: Final = re.compile(rb"[^\s,\0]")
_NUMBERED: Final = re.compile(rb"[\s,\0]*Record \d+\s*")  # evtx_dump writes "Record 7" above an object
_IN_STRING: Final = rb'[^"\\]*+(?:\\.[^"\\]*+)*+'
_PLAIN: Final = rb'[^"{}\[\]]++|"' + _IN_STRING + rb'"'


def _nested(depth: int) -> bytes:
    """Return a pattern for the content of an object with at most so many brackets inside each other."""
    deeper = rb"|[{\[]" + _nested(depth - 1) + rb"[}\]]" if depth else b""
    return rb"(?:" + _PLAIN + deeper + rb")*+"


_INSIDE: Final = re.compile(_IN_STRING, re.DOTALL)
_OUTSIDE: Final = re.compile(_nested(0), re.DOTALL)  # everything up to a bracket, strings whole
_ELEMENT: Final = re.compile(rb"[\s,]*+(\{" + _nested(5) + rb"\})", re.DOTALL)


def pieces(stream: IO[bytes]) -> Iterator[Piece]:
    """Yield every record of a text in UTF-8 or UTF-16, blank lines left out."""
    blocks = blocks_of(stream)
    first = next(blocks, b"")
    cut = _elements if has_elements(first) else _lines
    return cut(chain([first], blocks))


def blocks_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield a text in UTF-8, without its byte order mark, whether it is written so or in UTF-16."""
    head = stream.read(HEAD)
    codec, start = encoding(head)
    return _utf8(chain([head[start:]], iter(lambda: stream.read(_BLOCK), b"")), codec)


def _utf8(blocks: Iterator[bytes], codec: str) -> Iterator[bytes]:
    """Yield blocks of UTF-8; a lone surrogate and half a character become bytes that are none."""
    if codec == "utf-8":
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(codec)("surrogatepass")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "surrogatepass")
    if decoder.getstate()[0]:
        yield b"\xff"


def has_elements(head: bytes) -> bool:
    """True for an array, and for objects that are printed over several lines: records are not one a line."""
    text = head.lstrip(_BLANK)
    if numbered := _NUMBERED.match(text):
        return text.startswith(b"{", numbered.end())
    first, _, rest = text.partition(b"\n")
    if text.startswith(b"["):
        return not _is_whole(first) or not rest.lstrip(_BLANK).startswith(b"[")
    return text.startswith(b"{") and not _is_whole(first) and rest.lstrip(_BLANK).startswith((b'"', b"}"))


def _is_whole(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def _lines(blocks: Iterator[bytes]) -> Iterator[Piece]:
    line, unfinished = 1, _Unfinished()
    for block in blocks:
        *ended, rest = block.split(b"\n")
        for raw in ended:
            if unfinished.length:
                unfinished.add(raw)
                yield from unfinished.piece(line)
            elif raw and not raw.isspace():
                yield line, raw, None
            line += 1
        unfinished.add(rest)
    yield from unfinished.piece(line)


class _Unfinished:
    """A record that has begun: measured, and kept as long as it is not too long."""

    def __init__(self) -> None:
        self.length = 0
        self._parts: list[bytes] = []

    def add(self, part: bytes) -> None:
        self.length += len(part)
        self._parts.append(part)
        if self.length > LONGEST:
            self._parts.clear()

    def piece(self, line: int) -> Iterator[Piece]:
        """Yield the record, unless it is blank, and begin anew."""
        raw, length = b"".join(self._parts), self.length
        self.length = 0
        self._parts.clear()
        if length > LONGEST:
            yield line, b"", f"a record of {length:,} bytes is longer than {LONGEST:,}"
        elif raw and not raw.isspace():
            yield line, raw, None


def _elements(blocks: Iterator[bytes]) -> Iterator[Piece]:
    cutter = _Cutter()
    for block in blocks:
        yield from cutter.pieces(block)
    yield from cutter.rest()


class _Cutter:
    """Cuts a text into the objects that stand outermost, or in arrays that stand outermost."""

    def __init__(self) -> None:
        self._line = 1  # of what comes next
        self._depth = 0  # of brackets inside the element
        self._in_string = False
        self._escaped = False  # the block ended in a backslash
        self._element = _Unfinished()
        self._start_line = 1
        self._stray = False  # whether something else than an object stands between the elements

    def pieces(self, block: bytes) -> Iterator[Piece]:
        """Yield the elements that end in this block."""
        position = kept = 0
        while position < len(block):
            if not (self._depth or self._in_string or self._stray):
                position = yield from self._whole(block, position)
            end = self._next_bracket(block, position)
            if not self._depth:
                yield from self._between(block, position, end)
                kept = end
            position = end + 1
            if end >= len(block):
                break
            if self._closes(block, end):
                self._element.add(block[kept:position])
                yield from self._element.piece(self._start_line)
                self._line += block.count(b"\n", kept, position)
                kept = position
        if self._depth:
            self._element.add(block[kept:])
            self._line += block.count(b"\n", kept)

    def rest(self) -> Iterator[Piece]:
        """Yield what was still open at the end."""
        if self._depth:
            yield from self._element.piece(self._start_line)
        elif self._stray:
            yield self._stray_piece()

    def _whole(self, block: bytes, position: int) -> Generator[Piece, None, int]:
        """Yield the elements that stand whole in the block, the common case, and return where they end."""
        while found := _ELEMENT.match(block, position):
            start, end = found.span(1)
            self._line += block.count(b"\n", position, start)
            yield self._line, found[1], None
            self._line += block.count(b"\n", start, end)
            position = end
        return position

    def _closes(self, block: bytes, position: int) -> bool:
        """Follow a bracket, and return whether it ends the element."""
        bracket = block[position : position + 1]
        if bracket in b"}]":
            closes = self._depth == 1
            self._depth = max(self._depth - 1, 0)
            return closes
        if not self._depth:
            self._start_line = self._line
        if self._depth or bracket == b"{":  # an outermost array is only a wrapping
            self._depth += 1
        return False

    def _next_bracket(self, block: bytes, position: int) -> int:
        """Return where the next bracket outside strings stands, or the end of the block."""
        if self._in_string:
            position = self._string_end(block, position)
            if self._in_string:
                return len(block)
        position = self._outside_end(block, position)
        if block[position : position + 1] == b'"':  # its end is in a later block
            self._in_string = True
            self._string_end(block, position + 1)
            return len(block)
        return position

    def _outside_end(self, block: bytes, position: int) -> int:
        found = _OUTSIDE.match(block, position)
        return found.end() if found else position

    def _string_end(self, block: bytes, position: int) -> int:
        """Return what follows the string that is open, or the end of the block."""
        position += self._escaped
        self._escaped = False
        found = _INSIDE.match(block, position)
        position = found.end() if found else position
        if block[position : position + 1] == b'"':
            self._in_string = False
            return position + 1
        self._escaped = block[position : position + 1] == b"\\"
        return len(block)

    def _between(self, block: bytes, start: int, end: int) -> Iterator[Piece]:
        """Yield one piece for what stands between two elements, where it is more than commas."""
        if self._is_stray(block, start, end) and (stray := _BETWEEN.search(block, start, end)):
            self._stray = True
            self._start_line = self._line + block.count(b"\n", start, stray.start())
        self._line += block.count(b"\n", start, end)
        if self._stray and end < len(block):
            yield self._stray_piece()

    def _is_stray(self, block: bytes, start: int, end: int) -> bool:
        return not self._stray and not _NUMBERED.fullmatch(block, start, end)

    def _stray_piece(self) -> Piece:
        self._stray = False
        return self._start_line, b"", "not a JSON object"
