"""Event logs that are not whole: without their file header, or cut off within a chunk.

The records stand in chunks of 64 KiB, each whole in itself; only the header in front says that a file is an
event log, and the package reads no chunk that is cut. Here a new header is put in front of the first whole chunk, and
zero bytes behind. Source: libevtx, "Windows XML Event Log (EVTX) format", 2 and 3.
"""

from __future__ import annotations

import io
import os
import struct
from typing import IO, Final

from trackway.formats.evtx_writing import header

MAGIC: Final = b"ElfFile\0"
CHUNK_MAGIC: Final = b"ElfChnk\0"
CHUNK: Final = 1 << 16
HEADER: Final = 4096
_LONGEST: Final = 0xFFFF  # chunks that a header can count
_COUNT: Final = struct.Struct("<42xH")


def made_whole(stream: IO[bytes]) -> tuple[IO[bytes], str | None]:
    """Return the log as the package can read it, and what is missing of it."""
    words = missing(stream)
    head = stream.read(HEADER + len(CHUNK_MAGIC))
    length = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if words is None or (head.startswith(MAGIC) and length < HEADER):
        return stream, words
    start = _first_chunk(stream, head)
    chunks = -(-(length - start) // CHUNK)
    own = head[:HEADER] if head.startswith(MAGIC) else file_header(min(chunks, _LONGEST))
    return _composed(stream, start, own), words


def _first_chunk(stream: IO[bytes], head: bytes) -> int:
    """Return where the first chunk stands: behind the header, or at the first magic of a log without one."""
    if head.startswith(MAGIC) or head.startswith(CHUNK_MAGIC, HEADER):
        return HEADER
    stream.seek(0)
    before, block = 0, stream.read(CHUNK)
    while block:
        if (found := block.find(CHUNK_MAGIC)) >= 0:
            return before + found
        kept = block[1 - len(CHUNK_MAGIC) :]
        before += len(block) - len(kept)
        more = stream.read(CHUNK)
        block = kept + more if more else b""
    return HEADER


def missing(stream: IO[bytes]) -> str | None:
    """Return what is missing of a log, and leave the stream at its start."""
    head = stream.read(HEADER + len(CHUNK_MAGIC))
    length = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if not head.startswith(MAGIC):
        return "the header of the log is missing; read chunk by chunk"
    if length < HEADER:
        return "truncated: not even the header of the log is there"
    chunks, rest = divmod(length - HEADER, CHUNK)
    (counted,) = _COUNT.unpack_from(head)
    if rest or counted > chunks:
        least = max(counted, chunks + bool(rest))
        return f"truncated: of at least {least:,} chunks of 64 KiB, {chunks:,} are whole"
    return None


def _composed(stream: IO[bytes], start: int, head: bytes) -> IO[bytes]:
    return io.BufferedReader(_Composed(stream, start, head))


def file_header(chunks: int) -> bytes:
    """Return a file header that counts so many chunks."""
    return header(0, max(chunks - 1, 0), 1, chunks)


class _Composed(io.RawIOBase):
    """A header, behind it a stream from `start` on, behind that zero bytes up to the end of a chunk."""

    def __init__(self, stream: IO[bytes], start: int, head: bytes) -> None:
        self._stream, self._start, self._header = stream, start, head
        content = stream.seek(0, os.SEEK_END) - start
        self._length = len(head) + -(-content // CHUNK) * CHUNK
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}
        self._position = origin[whence] + offset
        return self._position

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # the base class says only "a buffer"
        count = max(0, min(len(view), self._length - self._position))
        found = self._header[self._position : self._position + count] or self._behind(count)
        view[: len(found)] = found
        self._position += len(found)
        return len(found)

    def _behind(self, count: int) -> bytes:
        self._stream.seek(self._position - len(self._header) + self._start)
        return self._stream.read(count) or bytes(count)
