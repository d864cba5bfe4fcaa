"""One event as a tree of elements, in the order in which Windows writes them.

Source: Microsoft, "Event Schema". XML is read without entities, without DTD and without the network; XML 1.0
has no control characters, so they are carried through in a private plane and come out as they were.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

NAMESPACE: Final = "http://schemas.microsoft.com/win/2004/08/events/event"

_PLANE: Final = 0xF0000
_ILLEGAL: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CARRIED: Final = re.compile(f"[{chr(_PLANE)}-{chr(_PLANE + 0xFFFF)}]")
_DEEPEST: Final = 256


@dataclass(slots=True)
class Element:
    """One element: its own name without prefix, attributes in order, and children or a text."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    text: str = ""
    namespace: str | None = field(default=None, compare=False)

    def child(self, name: str) -> Element | None:
        """Return the first child of a name, or null."""
        return next((child for child in self.children if child.name == name), None)

    def value(self, path: str, attribute: str | None = None) -> str | None:
        """Return the text or an attribute of what stands at `System/Provider`, or null."""
        found: Element | None = self
        for name in path.split("/"):
            found = found.child(name) if found else None
        if found is None:
            return None
        return found.text if attribute is None else found.attributes.get(attribute)


def parsed(xml: str, *, indented: bool = False) -> Element:
    """Return the tree of one XML text.

    Args:
        xml: the text.
        indented: whether a blank text with the end of a line in it only shapes the XML.

    Raises:
        ValueError: it is no XML, nested too deeply, or brings a DTD.
    """
    carried = bool(_ILLEGAL.search(xml))
    if carried:
        xml = _ILLEGAL.sub(lambda found: chr(_PLANE + ord(found[0])), xml)
    root = _Builder(indented=indented).root(xml)
    if carried:
        _restore(root)
    return root


class _Builder:
    """Takes what expat tells of one text."""

    def __init__(self, *, indented: bool) -> None:
        self._open = [Element("")]
        self._indented = indented

    def root(self, xml: str) -> Element:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _refuse
        try:
            parser.Parse(xml, True)
        except expat.ExpatError as error:
            raise ValueError(f"not XML: {error}") from error
        return self._open[0].children[0]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace = attributes.pop("xmlns", None) if attributes else None
        if attributes and ":" in "".join(attributes):
            attributes = {
                key.rpartition(":")[2]: value
                for key, value in attributes.items()
                if not key.startswith("xmlns:")
            }
        element = Element(name.rpartition(":")[2] if ":" in name else name, attributes, [], "", namespace)
        self._open[-1].children.append(element)
        self._open.append(element)
        if len(self._open) > _DEEPEST:
            raise ValueError(f"XML nested deeper than {_DEEPEST}")

    def _text(self, text: str) -> None:
        self._open[-1].text += text

    def _end(self, _name: str) -> None:
        element = self._open.pop()
        shapes = bool(element.children) or (self._indented and "\n" in element.text)
        if shapes and element.text.isspace():
            element.text = ""


def _refuse(*_declared: object) -> None:
    raise ValueError("XML with a DTD; not read")


def _restore(element: Element) -> None:
    element.text = _restored(element.text)
    element.attributes = {key: _restored(value) for key, value in element.attributes.items()}
    for child in element.children:
        _restore(child)


def written(root: Element) -> str:
    """Return the XML of a tree on one line; control characters, which XML has not, are U+FFFD."""
    return "".join(_pieces(root, None))


def _restored(text: str) -> str:
    return _CARRIED.sub(lambda found: chr(ord(found[0]) - _PLANE), text)


def _pieces(element: Element, namespace: str | None) -> list[str]:
    own = element.namespace or namespace
    start = f"<{element.name}" + (f" xmlns={quoteattr(own)}" if own and own != namespace else "")
    start += "".join(f" {key}={quoteattr(_legal(value))}" for key, value in element.attributes.items())
    if not element.children and not element.text:
        return [f"{start}/>"]
    inner = [piece for child in element.children for piece in _pieces(child, own)]
    return [f"{start}>", escape(_legal(element.text), {"\r": "&#13;"}), *inner, f"</{element.name}>"]


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
