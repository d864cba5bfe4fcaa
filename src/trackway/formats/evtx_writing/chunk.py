"""One chunk of 64 KiB: its records, and the tables of the names and templates they share."""

from __future__ import annotations

import struct
import zlib
from typing import Final

from trackway.formats.evtx_writing.template import FRAGMENT, Template, name_hash

SIZE: Final = 65536
FIRST_RECORD: Final = 512
RECORD_MAGIC: Final = 0x00002A2A
_RECORD_HEAD: Final = 24
_BUCKETS, _TEMPLATE_BUCKETS = 64, 32


class Full(Exception):  # noqa: N818  it is no error, the next chunk is begun
    """The record does not fit any more."""


class Chunk:
    """A chunk being filled."""

    def __init__(self, first: int) -> None:
        """Begin with the record of number `first`."""
        self._first = self._last = first
        self._parts: list[bytes] = []
        self.end = FIRST_RECORD
        self._last_offset = FIRST_RECORD
        self._names: dict[str, int] = {}
        self._templates: dict[bytes, int] = {}
        self._name_buckets = [0] * _BUCKETS
        self._template_buckets = [0] * _TEMPLATE_BUCKETS
        self._before: tuple[dict[str, int], dict[bytes, int], list[int], list[int]] | None = None

    def instance(self, template: Template, place: int) -> bytes:
        """Return the beginning of a template instance at `place`, the definition in it where it is new.

        A definition that is new is forgotten if its record does not fit.
        """
        known = self._templates.get(template.guid)
        head = b"\x0c\x01" + template.guid[:4]
        if known is not None:
            return head + struct.pack("<I", known)
        at = place + 10
        return head + struct.pack("<I", at) + self._define(template, at)

    def _define(self, template: Template, at: int) -> bytes:
        if self._before is None:
            self._before = self._tables()
        compiled = template.compiled(self._names)
        content = bytearray(compiled.content)
        new = {name: at + offset for name, offset in compiled.strings.items()}
        places = {**self._names, **new}
        for position, name in compiled.names:
            struct.pack_into("<I", content, position, places[name])
        for name, offset in compiled.strings.items():
            bucket = name_hash(name) % _BUCKETS
            struct.pack_into("<I", content, offset, self._name_buckets[bucket])
            self._name_buckets[bucket] = at + offset
        bucket = template.number % _TEMPLATE_BUCKETS
        struct.pack_into("<I", content, 0, self._template_buckets[bucket])
        self._template_buckets[bucket] = at
        self._names |= new
        self._templates[template.guid] = at
        return bytes(content)

    def _tables(self) -> tuple[dict[str, int], dict[bytes, int], list[int], list[int]]:
        return (
            dict(self._names),
            dict(self._templates),
            list(self._name_buckets),
            list(self._template_buckets),
        )

    def add(self, number: int, written: int, content: bytes) -> None:
        """Add a record: its number, FILETIME and BinXml.

        Raises:
            Full: it does not fit; the chunk must take nothing more.
        """
        padding = -(len(content) + 28) % 8
        size = len(content) + 28 + padding
        if self.end + size > SIZE:
            if self._before:
                self._names, self._templates, self._name_buckets, self._template_buckets = self._before
            raise Full
        self._before = None
        self._parts += (
            struct.pack("<IIQQ", RECORD_MAGIC, size, number, written), content, bytes(padding), struct.pack("<I", size)
        )  # fmt: skip
        self._last, self._last_offset = number, self.end
        self.end += size

    def whole(self) -> bytes:
        """Return the chunk with its header and checksums."""
        records = b"".join(self._parts)
        head = struct.pack(
            "<8sQQQQIIII", b"ElfChnk\0", self._first, self._last, self._first, self._last,
            128, self._last_offset, self.end, zlib.crc32(records),
        )  # fmt: skip
        head += bytes(120 - len(head))
        tables = struct.pack(
            f"<{_BUCKETS + _TEMPLATE_BUCKETS}I", *self._name_buckets, *self._template_buckets
        )
        flags = struct.pack("<II", 1, zlib.crc32(tables, zlib.crc32(head)))
        return (head + flags + tables + records).ljust(SIZE, b"\0")


def start_of_content(chunk: Chunk) -> int:
    """Return where in its chunk the next record's BinXml stands, behind the head of its first fragment."""
    return chunk.end + _RECORD_HEAD + len(FRAGMENT)
