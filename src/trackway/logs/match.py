"""Whether an event is one that a query selects.

Source: MS-EVEN6, 2.2.15. Only a leaf has a value: an element with elements in it equals nothing. A path with a
condition holds where anything at its end meets it, so that two conditions may be met by two different
elements; see `trap`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from trackway.formats.whole.ticks import MILLISECOND
from trackway.formats.whole.tree import Element
from trackway.logs import values
from trackway.logs.syntax import (
    All,
    Any_,
    Call,
    Comparison,
    Condition,
    Number,
    Operand,
    Path,
    Step,
    Text,
)

Node = Element | str
Holds = Callable[[Node, int], bool]
"""Whether a condition holds of a node, which is the how-manieth of its name."""


def matcher(query: Path, now: int | None) -> Callable[[Element], bool]:
    """Return what says whether an event is selected.

    Args:
        query: the query, which starts at the event.
        now: ticks that `timediff` with one argument counts from.
    """
    first, *rest = query.steps
    holds = _path(Path((first, *rest)), now)
    return lambda event: holds(Element("", children=[event]), 1)


def needs_now(condition: Condition | Operand) -> bool:
    """True where a time is compared with the present."""
    if isinstance(condition, Call):
        return condition.name == "timediff" and len(condition.arguments) == 1
    if isinstance(condition, Comparison):
        return needs_now(condition.left)
    if isinstance(condition, All | Any_):
        return any(map(needs_now, condition.parts))
    return isinstance(condition, Path) and any(
        needs_now(inner) for step in condition.steps for inner in step.conditions
    )


def _condition(condition: Condition, now: int | None) -> Holds:
    if isinstance(condition, All):
        parts = [_condition(part, now) for part in condition.parts]
        return lambda node, place: all(part(node, place) for part in parts)
    if isinstance(condition, Any_):
        parts = [_condition(part, now) for part in condition.parts]
        return lambda node, place: any(part(node, place) for part in parts)
    if isinstance(condition, Path):
        return _path(condition, now)
    if isinstance(condition, Call):
        return _band(condition)
    return _comparison(condition, now)


def _path(path: Path, now: int | None) -> Holds:
    nodes = _nodes(path, now)
    return lambda node, _place: next(nodes(node), None) is not None


def _comparison(comparison: Comparison, now: int | None) -> Holds:
    left = comparison.left
    if isinstance(left, Path):
        test = values.test(comparison.operator, comparison.right)
        found = _values(left, now)
        return lambda node, _place: any(test(value) for value in found(node))
    compare = values.OPERATORS[comparison.operator]
    wanted = comparison.right.value
    if left.name == "position":
        return lambda _node, place: compare(place, wanted)
    differences = _differences(left, now)
    return lambda node, _place: any(compare(difference, wanted) for difference in differences(node))


def _band(call: Call) -> Holds:
    """Two numbers share a bit."""
    left, right = (_numbers(argument) for argument in call.arguments)
    return lambda node, _place: any(one & other for one in left(node) for other in right(node))


def _numbers(operand: Operand) -> Callable[[Node], Iterator[int]]:
    found = _texts(operand)
    return lambda node: (bits for text in found(node) if (bits := values.bits(text)) is not None)


def _differences(call: Call, now: int | None) -> Callable[[Node], Iterator[int]]:
    """The second time less the first, in milliseconds; the second is now where it is not given."""
    first = _texts(call.arguments[0])
    second = _texts(call.arguments[1]) if len(call.arguments) > 1 else None

    def differences(node: Node) -> Iterator[int]:
        later = [now] if second is None else [values.moment(text) for text in second(node)]
        for text in first(node):
            for end in later:
                start = values.moment(text)
                if start is not None and end is not None:
                    yield (end - start) // MILLISECOND

    return differences


def _texts(operand: Operand) -> Callable[[Node], Iterator[str]]:
    if isinstance(operand, Path):
        return _values(operand, None)
    text = (
        operand.value
        if isinstance(operand, Text)
        else str(operand.value if isinstance(operand, Number) else "")
    )
    return lambda _node: iter((text,))


def _values(path: Path, now: int | None) -> Callable[[Node], Iterator[str]]:
    """The values of the leaves at the end of a path."""
    nodes = _nodes(path, now)

    def found(node: Node) -> Iterator[str]:
        for end in nodes(node):
            if isinstance(end, str):
                yield end
            elif not end.children:
                yield end.text

    return found


def _nodes(path: Path, now: int | None) -> Callable[[Node], Iterator[Node]]:
    """What stands at the end of a path, in the order of the event."""
    steps = [_step(step, now) for step in path.steps]

    def found(node: Node, depth: int = 0) -> Iterator[Node]:
        if depth == len(steps):
            yield node
            return
        for inner in steps[depth](node):
            yield from found(inner, depth + 1)

    return found


def _step(step: Step, now: int | None) -> Callable[[Node], Iterator[Node]]:
    candidates = _CANDIDATES[step.kind](step.name)
    conditions = [_condition(condition, now) for condition in step.conditions]

    def found(node: Node) -> Iterator[Node]:
        nodes = candidates(node) if isinstance(node, Element) else iter(())
        for holds in conditions:
            nodes = _kept(nodes, holds)
        return nodes

    return found


def _kept(nodes: Iterator[Node], holds: Holds) -> Iterator[Node]:
    return (node for place, node in enumerate(nodes, start=1) if holds(node, place))


def _children(name: str) -> Callable[[Element], Iterator[Node]]:
    if name == "*":
        return lambda element: iter(element.children)
    return lambda element: (child for child in element.children if child.name == name)


def _attributes(name: str) -> Callable[[Element], Iterator[Node]]:
    if name == "*":
        return lambda element: iter(element.attributes.values())
    return lambda element: iter((element.attributes[name],) if name in element.attributes else ())


def _text(_name: str) -> Callable[[Element], Iterator[Node]]:
    return lambda element: iter((element.text,) if element.text else ())


_CANDIDATES: Final = {"child": _children, "attribute": _attributes, "text": _text}
