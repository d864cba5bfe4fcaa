"""Deflate and gzip, read so that nothing readable is lost where the content breaks.

The standard library's readers drop the last block of a broken stream; these hand it out first.
Sources: RFC 1951 (deflate), RFC 1952 (gzip).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import IO, Final

from trackway.evidence.limits import Damaged, Limits

_BLOCK: Final = 64 * 1024
_PIECE: Final = 1 << 20
_HAS_CHECKSUM, _HAS_EXTRA, _HAS_NAME, _HAS_COMMENT = 2, 4, 8, 16

TRUNCATED: Final = "truncated: the end of the compressed content is missing"
CHECKSUM: Final = "the checksum differs: the content is not what was packed"


class Packed:
    """The packed bytes, read forward, with what was read too far put back."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        """Read from `read(count)`."""
        self._read = read
        self._rest = b""
        self.count = 0

    def block(self) -> bytes:
        """Return the next bytes, none at the end."""
        block, self._rest = self._rest or self._read(_BLOCK), b""
        self.count += len(block)
        return block

    def put_back(self, rest: bytes) -> None:
        """Take back bytes that belong to what follows."""
        self._rest = rest + self._rest
        self.count -= len(rest)

    def exactly(self, count: int) -> bytes:
        """Return that many bytes.

        Raises:
            Damaged: there are fewer.
        """
        found = b""
        while len(found) < count:
            block = self.block()
            if not block:
                raise Damaged(TRUNCATED)
            found += block
        self.put_back(found[count:])
        return found[:count]

    def until_zero(self) -> None:
        """Pass over a text that ends in a zero byte."""
        while block := self.block():
            _, zero, rest = block.partition(b"\0")
            if zero:
                return self.put_back(rest)
        raise Damaged(TRUNCATED)


def inflated(packed: Packed, limits: Limits) -> Iterator[bytes]:
    """Yield what a raw deflate stream holds, piece by piece; what follows it is put back.

    Raises:
        Damaged: the stream ends early or is broken, after all that was readable.
        LimitReached: it is a bomb.
    """
    inflate, start, unpacked, pending = zlib.decompressobj(-zlib.MAX_WBITS), packed.count, 0, b""
    while not inflate.eof:
        pending = pending or packed.block()
        if not pending:
            yield inflate.flush()
            raise Damaged(TRUNCATED)
        before = inflate.copy()
        try:
            piece = inflate.decompress(pending, _PIECE)
        except zlib.error as error:
            yield from _up_to_the_break(before, pending)
            raise Damaged("the compressed content is broken; what follows the break is lost") from error
        pending = inflate.unconsumed_tail
        unpacked += len(piece)
        limits.require_ratio(packed.count - start, unpacked)
        yield piece
    packed.put_back(inflate.unused_data)


def _up_to_the_break(inflate: zlib._Decompress, pending: bytes) -> Iterator[bytes]:
    """Yield what comes out before the byte at which the stream is broken."""
    try:
        for position in range(len(pending)):
            yield inflate.decompress(pending[position : position + 1])
    except zlib.error:
        return


def gunzipped(stream: IO[bytes], limits: Limits) -> Iterator[bytes]:
    """Yield what a gzip file holds, all its members one after the other.

    Raises:
        Damaged: it ends early, is broken, or something else follows it.
        LimitReached: it is a bomb.
    """
    packed = Packed(stream.read)
    yield from _gzip_member(packed, limits)
    while block := packed.block():
        if block.strip(b"\0"):  # zero bytes are padding, of a tape for instance
            packed.put_back(block)
            yield from _gzip_member(packed, limits)


def _gzip_member(packed: Packed, limits: Limits) -> Iterator[bytes]:
    _pass_header(packed)
    checksum, size = 0, 0
    for piece in inflated(packed, limits):
        checksum, size = zlib.crc32(piece, checksum), size + len(piece)
        yield piece
    trailer = packed.exactly(8)
    written = (int.from_bytes(trailer[:4], "little"), int.from_bytes(trailer[4:], "little"))
    if written != (checksum, size & 0xFFFFFFFF):
        raise Damaged(CHECKSUM)


def _pass_header(packed: Packed) -> None:
    header = packed.exactly(10)
    if header[:3] != b"\x1f\x8b\x08":
        raise Damaged("what follows the end of the gzip content is no gzip")
    flags = header[3]
    if flags & _HAS_EXTRA:
        packed.exactly(int.from_bytes(packed.exactly(2), "little"))
    if flags & _HAS_NAME:
        packed.until_zero()
    if flags & _HAS_COMMENT:
        packed.until_zero()
    if flags & _HAS_CHECKSUM:
        packed.exactly(2)
