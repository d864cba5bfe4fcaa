"""Templates: the XML of a kind of event, once a chunk, with holes for its values ([MS-EVEN6], 2.2.12.4).

A template is compiled to bytes in which only offsets have to be filled in: those of names, which are
relative to the chunk, and which stand in full where the chunk has them for the first time.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

FRAGMENT: Final = b"\x0f\x01\x01\x00"
END_OF_STREAM: Final = b"\x00"
NO_DEPENDENCY: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for a value; the element around it is left out where there is none."""

    index: int
    code: int
    optional: bool = True


Content = str | Hole


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a template."""

    name: str
    attributes: tuple[tuple[str, Content], ...] = ()
    content: tuple[Content | Element, ...] = ()


@dataclass(slots=True)
class Compiled:
    """A template for chunks that have certain names already.

    Attributes:
        content: the definition, offsets zero.
        names: where an offset goes, and of which name.
        strings: where a name stands in full, by name; these places are relative to the definition.
    """

    content: bytes
    names: list[tuple[int, str]]
    strings: dict[str, int]


@cache
def name_hash(name: str) -> int:
    """Return the hash by which a chunk files a name."""
    found = 0
    for character in name:
        found = (found * 65599 + ord(character)) & 0xFFFFFFFF
    return found & 0xFFFF


@dataclass(slots=True, eq=False)
class Template:
    """One template and what it compiles to."""

    root: Element
    guid: bytes = b""
    _compiled: dict[frozenset[str], Compiled] = field(default_factory=dict)
    _names: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Name the template after its content."""
        self.guid = hashlib.md5(repr(self.root).encode(), usedforsecurity=False).digest()
        self._names = frozenset(self.compiled({}).strings)

    @property
    def number(self) -> int:
        """Return the first part of the GUID, by which a chunk files it."""
        return int(struct.unpack_from("<I", self.guid)[0])

    def compiled(self, known: Mapping[str, int]) -> Compiled:
        """Return the definition for a chunk that knows these names."""
        there = self._names.intersection(known)
        found = self._compiled.get(there)
        if found is None:
            found = self._compiled[there] = _Writer(there).definition(self)
        return found


class _Writer:
    """Writes one definition."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._out = bytearray()
        self._names: list[tuple[int, str]] = []
        self._strings: dict[str, int] = {}

    def definition(self, template: Template) -> Compiled:
        # next template in the bucket, GUID, size of what follows
        self._out += bytes(4) + template.guid + bytes(4) + FRAGMENT
        self._element(template.root)
        self._out += END_OF_STREAM
        struct.pack_into("<I", self._out, 20, len(self._out) - 24)
        return Compiled(bytes(self._out), self._names, self._strings)

    def _element(self, element: Element) -> None:
        self._out += struct.pack("<BHI", 0x41 if element.attributes else 0x01, _dependency(element), 0)
        start = len(self._out)
        self._name(element.name)
        if element.attributes:
            self._sized(self._attributes, element)
        if not element.content:
            self._out += b"\x03"
        else:
            self._out += b"\x02"
            for part in element.content:
                self._content(part)
            self._out += b"\x04"
        struct.pack_into("<I", self._out, start - 4, len(self._out) - start)

    def _sized(self, write: Callable[[Element], None], element: Element) -> None:
        self._out += bytes(4)
        start = len(self._out)
        write(element)
        struct.pack_into("<I", self._out, start - 4, len(self._out) - start)

    def _attributes(self, element: Element) -> None:
        last = len(element.attributes) - 1
        for place, (name, value) in enumerate(element.attributes):
            self._out += b"\x06" if place == last else b"\x46"
            self._name(name)
            self._content(value)

    def _content(self, part: Content | Element) -> None:
        if isinstance(part, Element):
            self._element(part)
        elif isinstance(part, Hole):
            self._out += struct.pack("<BHB", 0x0E if part.optional else 0x0D, part.index, part.code)
        else:
            self._out += struct.pack("<BBH", 0x05, 0x01, len(part)) + part.encode("utf-16-le")

    def _name(self, name: str) -> None:
        self._names.append((len(self._out), name))
        self._out += bytes(4)
        if name not in self._known and name not in self._strings:
            self._strings[name] = len(self._out)
            # next name in the bucket, hash, length, text, NUL
            self._out += (
                struct.pack("<IHH", 0, name_hash(name), len(name)) + name.encode("utf-16-le") + b"\0\0"
            )


def _dependency(element: Element) -> int:
    """Return the value without which the element is left out."""
    only = element.content[0] if len(element.content) == 1 and not element.attributes else None
    return only.index if isinstance(only, Hole) and only.optional else NO_DEPENDENCY
