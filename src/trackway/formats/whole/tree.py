"""One event as a tree of elements, in the order in which Windows writes them.

Source: Microsoft, "Event Schema". XML is read without entities, without DTD and without the network; XML 1.0
has no control characters, so they are carried through in a private plane and come out as they were.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from lxml import etree  # type: ignore[import-untyped]  # ships no types

NAMESPACE: Final = "http://schemas.microsoft.com/win/2004/08/events/event"

_PLANE: Final = 0xF0000
_ILLEGAL: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CARRIED: Final = re.compile(f"[{chr(_PLANE)}-{chr(_PLANE + 0xFFFF)}]")
_INDENT: Final = re.compile(
    r"\s*\n\s*"
)  # between elements; the value of an empty one as the package writes it


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


def parsed(xml: str) -> Element:
    """Return the tree of one XML text.

    Raises:
        ValueError: it is no XML, nested too deeply, or brings a DTD.
    """
    carried = bool(_ILLEGAL.search(xml))
    if carried:
        xml = _ILLEGAL.sub(lambda found: chr(_PLANE + ord(found[0])), xml)
    try:
        root = etree.fromstring(xml.encode(), _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"not XML: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise ValueError("XML with a DTD; not read")
    return _element(root, carried=carried)


def written(root: Element) -> str:
    """Return the XML of a tree on one line; control characters, which XML has not, are U+FFFD."""
    return "".join(_pieces(root, None))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


def _element(node: etree._Element, *, carried: bool) -> Element:
    children = [_element(child, carried=carried) for child in node if isinstance(child.tag, str)]
    texts = [node.text, *(child.tail for child in node)]
    text = "".join(part for part in texts if part and not _INDENT.fullmatch(part))
    namespace, _, name = str(node.tag).rpartition("}")
    attributes = {str(key).rpartition("}")[2]: str(value) for key, value in node.attrib.items()}
    if carried:
        text = _restored(text)
        attributes = {key: _restored(value) for key, value in attributes.items()}
    return Element(name, attributes, children, text, namespace.removeprefix("{") or None)


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
