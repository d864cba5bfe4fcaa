"""A log file: a header of 4 KiB and chunks, those of a full log written over from the oldest on."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Final

from trackway.formats.evtx_writing.chunk import SIZE, Chunk, Full

HEADER: Final = 4096


class LogFile:
    """Writes records into one log.

    Attributes:
        oldest: number of the first record that is still in the file; null while there is none.
    """

    def __init__(self, file: IO[bytes], limit: int | None = None) -> None:
        """Begin a log of at most `limit` bytes, however large by default, in a file that can seek."""
        self._file = file
        self._chunks = None if limit is None else max((limit - HEADER) // SIZE, 1)
        self._chunk: Chunk | None = None
        self._count = 0
        self._firsts: list[int] = []
        self._next = 1
        self._file.write(bytes(HEADER))

    @property
    def oldest(self) -> int | None:
        """Return the number of the first record that has not been written over."""
        return self._firsts[0] if self._firsts else None

    def add(self, number: int, written: int, content: Callable[[Chunk], bytes]) -> None:
        """Write one record.

        Args:
            number: one more than that of the record before.
            written: FILETIME.
            content: makes its BinXml for the chunk that it goes to.

        Raises:
            ValueError: it is larger than a chunk, or one of its values larger than a record, can hold.
        """
        try:
            try:
                self._add(self._chunk or self._begin(number), number, written, content)
            except Full:
                self._flush()
                self._add(self._begin(number), number, written, content)
        except Full as error:
            self._chunk = None
            del self._firsts[-1]
            raise ValueError(f"record {number} is larger than a chunk of {SIZE} bytes") from error
        except struct.error as error:  # sizes of values are 16 bits
            raise ValueError(f"record {number} has a value larger than a record can hold") from error
        self._next = number + 1

    def clear(self) -> None:
        """Forget all chunks, as Windows does; record numbers go on."""
        self._file.truncate(HEADER)
        self._chunk, self._count, self._firsts = None, 0, []

    def abandon(self) -> None:
        """Close the file as it is; what could not be written is lost."""
        with suppress(OSError):
            self._file.close()

    def finish(self) -> None:
        """Write what is left and make the header whole."""
        self._flush()
        self._file.seek(0)
        self._file.write(self._header())

    def close(self) -> None:
        """Make the file whole, and close it."""
        self.finish()
        self._file.close()

    def _begin(self, number: int) -> Chunk:
        self._chunk = Chunk(number)
        self._firsts.append(number)
        if self._chunks is not None and len(self._firsts) > self._chunks:
            del self._firsts[0]
        return self._chunk

    def _add(self, chunk: Chunk, number: int, written: int, content: Callable[[Chunk], bytes]) -> None:
        chunk.add(number, written, content(chunk))

    def _flush(self) -> None:
        if self._chunk is None:
            return
        place = self._count if self._chunks is None else self._count % self._chunks
        self._file.seek(HEADER + place * SIZE)
        self._file.write(self._chunk.whole())
        self._count += 1
        self._chunk = None

    def _header(self) -> bytes:
        kept = len(self._firsts)
        first, last = (0, max(kept - 1, 0))
        if self._chunks is not None and self._count > self._chunks:
            first, last = self._count % self._chunks, (self._count - 1) % self._chunks
        return header(first, last, self._next, kept)


def header(first: int, last: int, next_record: int, chunks: int, flags: int = 0) -> bytes:
    """Return the header of a file: first and last chunk, the next record's number, flags 1 dirty, 2 full."""
    head = struct.pack(
        "<8sQQQIHHHH", b"ElfFile\0", first, last, next_record, 128, 1, 3, HEADER, chunks & 0xFFFF
    )
    head += bytes(120 - len(head))
    return (head + struct.pack("<II", flags, zlib.crc32(head))).ljust(HEADER, b"\0")
