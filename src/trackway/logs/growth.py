"""The part of a file that was not there when it was read before.

A log grows chunk by chunk, and an export as lines of JSON line by line: of these only what is new is read
again. Any other form is read again as a whole.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
from dataclasses import dataclass, field
from typing import IO, Final, NamedTuple

from trackway.evidence.containers import Member
from trackway.evidence.kinds import HEAD, encoding
from trackway.formats.evtx_file import CHUNK, HEADER, MAGIC, file_header
from trackway.formats.pieces import has_elements

_CHUNK_HEAD: Final = 512
_LAST_RECORD: Final = struct.Struct("<32xQ")
_BLOCK: Final = 1 << 20
_MOST_CHUNKS: Final = 256
"""Changed chunks that are read by themselves; of more the whole log is read."""


class Part(NamedTuple):
    """Something to read, and how many lines of the file stand before it."""

    stream: IO[bytes]
    lines: int = 0


@dataclass(slots=True)
class Growth:
    """What was read of one file so far.

    Attributes:
        marks: of each chunk of a log what is another when records were added.
        end: where the last whole line ends.
        lines: how many lines these are.
        start: the first bytes of the file, by which another file in its place is known.
    """

    marks: list[bytes] = field(default_factory=list)
    end: int = 0
    lines: int = 0
    start: bytes = b""

    def part(self, member: Member) -> Part | None:
        """Return what to read of the file as it is now, null where nothing was added."""
        stream = member.stream
        if stream is None:
            return None
        head = stream.read(HEAD)
        stream.seek(0)
        if "!" not in member.name and head.startswith(MAGIC):
            return self._of_log(stream)
        if "!" not in member.name and member.kind == "json" and _has_lines(head):
            return self._of_lines(stream, head)
        return Part(stream)

    def _of_log(self, stream: IO[bytes]) -> Part | None:
        before, self.marks = self.marks, _marks(stream)
        stream.seek(0)
        known = dict(enumerate(before))
        changed = [place for place, mark in enumerate(self.marks) if known.get(place) != mark]
        if not before or len(changed) > _MOST_CHUNKS:
            return Part(stream)
        return Part(io.BytesIO(file_header(len(changed)) + _chunks(stream, changed))) if changed else None

    def _of_lines(self, stream: IO[bytes], head: bytes) -> Part:
        if not head.startswith(self.start) or stream.seek(0, os.SEEK_END) < self.end:
            self.end = self.lines = 0  # another file has taken its place
        self.start = head if len(head) == HEAD else head[: head.rfind(b"\n") + 1]
        start, before = self.end, self.lines
        stream.seek(start)
        while block := stream.read(_BLOCK):
            if b"\n" in block:
                self.end = stream.tell() - len(block) + block.rfind(b"\n") + 1
                self.lines += block.count(b"\n")
        return Part(io.BufferedReader(_Behind(stream, start)), before)


class _Behind(io.RawIOBase):
    """A stream from a place on."""

    def __init__(self, stream: IO[bytes], start: int) -> None:
        self._stream, self._start = stream, start
        stream.seek(start)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        shift = self._start if whence == os.SEEK_SET else 0
        return self._stream.seek(offset + shift, whence) - self._start

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # the base class says only "a buffer"
        found = self._stream.read(len(view))
        view[: len(found)] = found
        return len(found)


def _has_lines(head: bytes) -> bool:
    return encoding(head) == ("utf-8", 0) and b"\n" in head and not has_elements(head)


def _marks(stream: IO[bytes]) -> list[bytes]:
    """Return a mark of each chunk: its header, and of the one that is being filled all of it.

    While Windows has a log open, records stand behind the last one that the header of their chunk knows.
    """
    heads = []
    for start in range(HEADER, stream.seek(0, os.SEEK_END), CHUNK):
        stream.seek(start)
        heads.append(stream.read(_CHUNK_HEAD).ljust(_CHUNK_HEAD, b"\0"))
    newest = max(range(len(heads)), key=lambda place: _LAST_RECORD.unpack_from(heads[place]), default=0)
    for place in {newest, newest + 1} & set(range(len(heads))):
        heads[place] = _chunks(stream, [place])
    return [hashlib.blake2b(head, digest_size=16).digest() for head in heads]


def _chunks(stream: IO[bytes], places: list[int]) -> bytes:
    content = []
    for place in places:
        stream.seek(HEADER + place * CHUNK)
        content.append(stream.read(CHUNK).ljust(CHUNK, b"\0"))
    return b"".join(content)
