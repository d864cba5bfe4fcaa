"""All of XPath 1.0, for queries that Windows refuses, through lxml on the XML of a record.

Windows' own functions are there, too. A path that starts with `*` or `Event` starts where Windows starts it,
before the event; one with a slash at the root.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # ships no types

from trackway.formats.whole import Element
from trackway.formats.whole.ticks import MILLISECOND
from trackway.formats.whole.tree import written
from trackway.logs import values
from trackway.logs.xpath import QueryError


def matcher(query: str, now: int | None) -> Callable[[Element], bool]:
    """Return what says whether a query selects something of an event, or is true of it.

    Raises:
        QueryError: it is not XPath 1.0.
    """
    functions = {(None, "band"): _band, (None, "timediff"): _timediff(now)}
    try:
        compiled = etree.XPath(query, extensions=functions, regexp=False)
    except etree.XPathSyntaxError as error:
        raise QueryError(f"--xpath: not XPath 1.0: {error}") from error

    def matches(event: Element) -> bool:
        try:
            return bool(compiled(_document(event, below=not query.lstrip().startswith("/"))))
        except etree.XPathEvalError as error:
            raise QueryError(f"--xpath: {error}") from error

    return matches


def _document(event: Element, *, below: bool) -> etree._Element:
    """Return the event without namespaces, below an element more where a path starts before it."""
    root = etree.fromstring(written(_bare(event)))
    if not below:
        return root
    outer = etree.Element("Events")
    outer.append(root)
    return outer


def _bare(element: Element) -> Element:
    return Element(
        element.name, element.attributes, [_bare(child) for child in element.children], element.text
    )


def _band(_context: object, left: Any, right: Any) -> bool:
    return any(one & other for one in _bits(left) for other in _bits(right))


def _bits(argument: Any) -> list[int]:
    found = [values.bits(text) for text in _texts(argument)]
    return [number for number in found if number is not None]


def _timediff(now: int | None) -> Callable[..., float]:
    def timediff(_context: object, first: Any, second: Any = None) -> float:
        start = next(map(values.moment, _texts(first)), None)
        end = now if second is None else next(map(values.moment, _texts(second)), None)
        return float((end - start) // MILLISECOND) if start is not None and end is not None else float("nan")

    return timediff


def _texts(argument: Any) -> list[str]:
    if isinstance(argument, float):
        return [str(int(argument)) if argument.is_integer() else str(argument)]
    if isinstance(argument, list):
        return [node.text or "" if etree.iselement(node) else str(node) for node in argument]
    return [str(argument)]
