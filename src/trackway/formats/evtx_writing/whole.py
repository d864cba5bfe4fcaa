"""Whole records as a log of their own, a small one to hand on: whatever form they came from.

A record says in XML what it says, and no longer of what type each value is. What `System` holds is written as
the type that Windows gives it where that reads back letter by letter, everything else as text.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from typing import IO, Final, NamedTuple

from trackway.formats.evtx_writing.chunk import Chunk, start_of_content
from trackway.formats.evtx_writing.log_file import LogFile
from trackway.formats.evtx_writing.template import END_OF_STREAM, FRAGMENT, Content, Element, Hole, Template
from trackway.formats.evtx_writing.values import EPOCH, TEXT, guid, sid
from trackway.formats.whole import Element as Tree
from trackway.formats.whole import Whole, ticks

_MOST_TEMPLATES: Final = 4_096
"""Templates that are kept; hostile evidence may have one for each record."""

_NAMED: Final = frozenset({"Data", "ComplexData"})
"""Elements whose attribute `Name` belongs to the template, as Windows has it."""

_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,19}", re.ASCII)
_HEXADECIMAL: Final = re.compile(r"0x(0|[1-9a-f][0-9a-f]{0,15})", re.ASCII)
_GUID: Final = re.compile(r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}", re.ASCII)
_SID: Final = re.compile(r"S-1-(0|[1-9][0-9]{0,9})(-(0|[1-9][0-9]{0,9})){1,15}", re.ASCII)
_LATEST: Final = (1 << 64) - 1


class Value(NamedTuple):
    """A value and its type."""

    code: int
    content: bytes


class WholeLog:
    """Writes whole records into one log, numbered anew as Windows numbers an export."""

    def __init__(self, file: IO[bytes]) -> None:
        """Begin a log in a file that can seek."""
        self._log = LogFile(file)
        self._templates: dict[Element, Template] = {}
        self._number = 0

    def write(self, record: Whole) -> None:
        """Write one record.

        Raises:
            ValueError: it is larger than a record of an event log can be.
        """
        values: list[Value] = []
        root = _outlined(record.root, (), values)
        template = self._templates.get(root) or self._new(root)
        written = min(max((record.ticks or -EPOCH) + EPOCH, 0), _LATEST)
        self._log.add(self._number + 1, written, lambda chunk: _content(chunk, template, values))
        self._number += 1

    def close(self) -> None:
        """Make the log whole; the file stays open."""
        self._log.finish()

    def _new(self, root: Element) -> Template:
        if len(self._templates) >= _MOST_TEMPLATES:
            self._templates.clear()
        self._templates[root] = Template(root)
        return self._templates[root]


def _content(chunk: Chunk, template: Template, values: list[Value]) -> bytes:
    sizes = (number for value in values for number in (len(value.content), value.code))
    head = struct.pack(f"<I{2 * len(values)}H", len(values), *sizes)
    start = chunk.instance(template, start_of_content(chunk))
    return b"".join((FRAGMENT, start, head, *(value.content for value in values), END_OF_STREAM))


def _outlined(tree: Tree, above: tuple[str, ...], values: list[Value]) -> Element:
    """Return what an element has in common with others of its kind, and put its values down."""
    path = (*above, tree.name)
    attributes: list[tuple[str, Content]] = []
    if tree.namespace:
        attributes.append(("xmlns", tree.namespace))
    for name, text in tree.attributes.items():
        is_fixed = name == "Name" and tree.name in _NAMED
        attributes.append((name, text if is_fixed else _hole((*path, f"@{name}"), text, values)))
    content: list[Content | Element] = []
    if tree.text or tree.name in _NAMED or not (tree.children or tree.attributes):
        content.append(_hole(path, tree.text, values))
    content += (_outlined(child, path, values) for child in tree.children)
    return Element(tree.name, tuple(attributes), tuple(content))


def _hole(path: tuple[str, ...], text: str, values: list[Value]) -> Hole:
    code, to_bytes = _TYPES.get(path, (TEXT, None))
    content = to_bytes(text) if to_bytes else None
    value = Value(TEXT, _utf16(text)) if content is None else Value(code, content)
    values.append(value)
    return Hole(len(values) - 1, value.code, optional=False)


def _utf16(text: str) -> bytes:
    """Return a text as a record holds it; NUL, where readers end a text, is U+FFFD."""
    return text.replace("\0", "\ufffd").encode("utf-16-le", "surrogatepass")


def _unsigned(size: int) -> Callable[[str], bytes | None]:
    limit = 1 << 8 * size

    def to_bytes(text: str) -> bytes | None:
        number = int(text) if _NUMBER.fullmatch(text) else limit
        return number.to_bytes(size, "little") if number < limit else None

    return to_bytes


def _hex64(text: str) -> bytes | None:
    return int(text, 16).to_bytes(8, "little") if _HEXADECIMAL.fullmatch(text) else None


def _guid(text: str) -> bytes | None:
    return guid(text) if _GUID.fullmatch(text) else None


def _sid(text: str) -> bytes | None:
    is_one = _SID.fullmatch(text) and all(int(part) < 1 << 32 for part in text.split("-")[2:])
    return sid(text) if is_one else None


def _time(text: str) -> bytes | None:
    found = ticks.moment(text)
    is_exact = found is not None and found.ticks > -EPOCH and ticks.shown(found.ticks) == text
    return (found.ticks + EPOCH).to_bytes(8, "little") if found and is_exact else None


def _types() -> Iterator[tuple[tuple[str, ...], tuple[int, Callable[[str], bytes | None]]]]:
    """Yield what Windows gives a type of its own, and how that is written where it fits."""
    system: tuple[tuple[int, Callable[[str], bytes | None], str], ...] = (
        (0x04, _unsigned(1), "Version Level Opcode"),
        (0x06, _unsigned(2), "EventID EventID/@Qualifiers Task"),
        (0x08, _unsigned(4), "Execution/@ProcessID Execution/@ThreadID"),
        (0x0A, _unsigned(8), "EventRecordID"),
        (0x0F, _guid, "Provider/@Guid Correlation/@ActivityID Correlation/@RelatedActivityID"),
        (0x11, _time, "TimeCreated/@SystemTime"),
        (0x13, _sid, "Security/@UserID"),
        (0x15, _hex64, "Keywords"),
    )
    for code, to_bytes, paths in system:
        for path in paths.split():
            yield ("Event", "System", *path.split("/")), (code, to_bytes)


_TYPES: Final = dict(_types())
