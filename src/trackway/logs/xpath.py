"""Reads a Windows event query; what Windows refuses is refused with its place and the reason.

Source: Microsoft, "Consuming Events" (XPath 1.0 limitations); MS-EVEN6, 2.2.15.1; W3C, XPath 1.0.
"""

from __future__ import annotations

import re
from typing import Final, NoReturn

from trackway.errors import UsageError
from trackway.logs.syntax import (
    LEAF_FUNCTIONS,
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

_DEEPEST: Final = 64
_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<text>'[^']*'|"[^"]*")|(?P<number>0[xX][0-9A-Fa-f]+|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    |(?P<name>[^\W\d][\w.-]*)|(?P<sign>//|::|\.\.|!=|<=|>=|[][()@,/|=<>*+$&.:;-])|(?P<wrong>\S))""",
    re.VERBOSE,
)
_MIRRORED: Final = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_NOT_A_LEAF: Final = frozenset({"Event", "System", "EventData", "UserData"})
_REASONS: Final = {
    "|": "Windows joins no paths with |; use `or` inside one condition",
    "//": "Windows goes down step by step; write every element of the path",
    "..": "Windows never goes up; put the condition where its element is",
    "$": "Windows knows no variables",
    "+": "Windows does not calculate",
    "-": "Windows does not calculate",
    "&": "this looks like text from an XML file; write <, > and quotation marks as they are",
    "::": "Windows knows the child and attribute axes only",
    ".": "Windows compares named elements and attributes only",
}
_LENIENT: Final = "--lenient takes all of XPath 1.0"


class QueryError(UsageError):
    """A query that Windows would refuse, with the place in it."""


def parse(query: str, where: str = "--xpath") -> Path:
    """Return the parts of a query.

    Args:
        query: the text, which selects events: it starts with `*` or `Event`.
        where: what to call it in an error.

    Raises:
        QueryError: it is not a query that Windows takes.
    """
    return _Parser(query, where).query()


class _Parser:
    """Descends through the grammar of XPath 1.0, as far as Windows goes."""

    def __init__(self, query: str, where: str) -> None:
        self._where = where
        self._tokens = [
            (str(found.lastgroup), found[found.lastgroup or 0], found.start(found.lastgroup or 0) + 1)
            for found in _TOKEN.finditer(query)
        ]
        self._end = len(query) + 1
        self._next = 0
        self._depth = 0

    def query(self) -> Path:
        kind, value, _ = self._peek()
        if value in {"/", "//"}:
            self._refuse("a query starts with * or Event, not with a slash")
        if value not in {"*", "Event"} or kind == "text":
            self._refuse("a query selects events: it starts with * or Event")
        path = self._path()
        if self._peek()[1]:
            self._refuse(_REASONS.get(self._peek()[1]) or f"nothing is expected here, but {self._shown()}")
        return path

    def _path(self) -> Path:
        steps = [self._step()]
        while self._take("/"):
            if steps[-1].kind != "child":
                self._refuse("an attribute is the end of a path")
            steps.append(self._step())
        return Path(tuple(steps))

    def _step(self) -> Step:
        kind = "attribute" if self._take("@") else "child"
        name = self._name()
        if self._peek()[1] == "::":
            if name not in {"child", "attribute"}:
                self._refuse(f"Windows has no axis {name}; {_REASONS['::']}; {_LENIENT}")
            self._take("::")
            kind, name = name, self._name()
        if name == "text" and self._peek()[1] == "(":
            self._take("(")
            self._expect(")", "text() takes nothing")
            return Step("text", "text")
        return Step(kind, name, self._conditions(name))

    def _name(self) -> str:
        kind, value, _ = self._peek()
        if kind != "name" and value != "*":
            self._refuse(_reason(value) or f"the name of an element is expected, but {self._shown()}")
        self._next += 1
        if self._peek()[1] == ":":
            self._refuse("Windows knows no namespaces; write the name without its prefix")
        return value

    def _conditions(self, name: str) -> tuple[Condition, ...]:
        found = []
        while (place := self._peek()[2]) and self._take("["):
            condition = self._condition()
            if (name in _NOT_A_LEAF or not self._depth) and _counts(condition):
                self._refuse("position() counts leaf elements only, such as Data[2]", place)
            found.append(condition)
            self._expect("]", "a bracket [ is not closed by ]")
        return tuple(found)

    def _condition(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            self._refuse(f"nested deeper than {_DEEPEST}")
        parts = [self._all()]
        while self._take_word("or"):
            parts.append(self._all())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else Any_(tuple(parts))

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._take_word("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self) -> Condition:
        place = self._peek()[2]
        if self._take("("):
            inner = self._condition()
            self._expect(")", "a parenthesis ( is not closed by )")
            if not isinstance(inner, Path) or self._peek()[1] not in _MIRRORED:
                return inner
            return self._compared(inner, place)
        return self._compared(self._operand(), place)

    def _compared(self, left: Operand, place: int) -> Condition:
        operator = self._peek()[1]
        if operator not in _MIRRORED:
            return self._alone(left, place)
        self._next += 1
        right = self._operand()
        if isinstance(left, Text | Number):
            left, operator, right = right, _MIRRORED[operator], left
        if isinstance(left, Text | Number) or not isinstance(right, Text | Number):
            self._refuse("Windows compares an element or attribute with a literal only", place)
        if isinstance(left, Call) and left.name == "band":
            self._refuse("band() is a condition by itself; leave the comparison out", place)
        if isinstance(left, Call) and not isinstance(right, Number):
            self._refuse(f"{left.name}() is a number; compare it with one", place)
        return Comparison(left, operator, right)

    def _alone(self, left: Operand, place: int) -> Condition:
        """Return what a condition without an operator means: `Data[2]` is the second."""
        if isinstance(left, Number) and isinstance(left.value, int):
            return Comparison(Call("position", ()), "=", left)
        if isinstance(left, Text | Number) or (isinstance(left, Call) and left.name != "band"):
            self._refuse(_reason(self._peek()[1]) or f"a comparison is expected after {left}", place)
        return left

    def _operand(self) -> Operand:
        kind, value, place = self._peek()
        if kind == "text":
            self._next += 1
            return Text(value[1:-1])
        if kind == "number" or (value == "-" and self._peek(1)[0] == "number"):
            return self._number()
        if kind == "name" and self._peek(1)[1] == "(" and value != "text":
            return self._call(value, place)
        return self._path()

    def _number(self) -> Number:
        sign = "-" if self._take("-") else ""
        written = sign + self._peek()[1]
        self._next += 1
        if "x" in written.lower():
            return Number(int(written, 16), written)
        return Number(float(written) if "." in written else int(written), written)

    def _call(self, name: str, place: int) -> Call:
        if name not in LEAF_FUNCTIONS:
            known = "band, position and timediff"
            self._refuse(f"Windows has no function {name}(); it knows {known}; {_LENIENT}", place)
        self._next += 2
        arguments: list[Operand] = []
        while self._peek()[1] != ")":
            arguments.append(self._operand())
            if not self._take(",") and self._peek()[1] != ")":
                self._refuse(f"{name}( is not closed by )")
        self._next += 1
        self._check(name, arguments, place)
        return Call(name, tuple(arguments))

    def _check(self, name: str, arguments: list[Operand], place: int) -> None:
        least, most = {"band": (2, 2), "timediff": (1, 2), "position": (0, 0)}[name]
        if not least <= len(arguments) <= most:
            wanted = {"band": "two arguments", "timediff": "one or two times", "position": "no argument"}[
                name
            ]
            self._refuse(f"{name}() takes {wanted}", place)
        if any(isinstance(argument, Call) for argument in arguments):
            self._refuse(f"{name}() takes no function as argument", place)
        if len(arguments) == most == 2 and all(isinstance(argument, Path) for argument in arguments):  # noqa: PLR2004
            self._refuse(f"one of the two arguments of {name}() must be a literal", place)

    def _peek(self, ahead: int = 0) -> tuple[str, str, int]:
        place = self._next + ahead
        return self._tokens[place] if place < len(self._tokens) else ("end", "", self._end)

    def _take(self, sign: str) -> bool:
        kind, value, _ = self._peek()
        found = value == sign and kind == "sign"
        self._next += found
        return found

    def _take_word(self, word: str) -> bool:
        kind, value, _ = self._peek()
        found = value == word and kind == "name"
        self._next += found
        return found

    def _expect(self, sign: str, reason: str) -> None:
        if not self._take(sign):
            value = self._peek()[1]
            self._refuse(_reason(value) or f"{reason}, but {self._shown()}")

    def _shown(self) -> str:
        kind, value, _ = self._peek()
        return "the query ends" if kind == "end" else f"there is {value}"

    def _refuse(self, reason: str, place: int | None = None) -> NoReturn:
        place = self._peek()[2] if place is None else place
        raise QueryError(f"{self._where}, character {place}: {reason}")


def _reason(sign: str) -> str | None:
    """Return why Windows refuses what a sign stands for, where it is one that XPath knows."""
    if sign in {"'", '"'}:
        return "a quotation mark is not closed"
    if sign in {"div", "mod", "*"}:
        return "Windows does not calculate"
    reason = _REASONS.get(sign)
    return f"{reason}; {_LENIENT}" if reason and sign != "&" else reason


def _counts(condition: Condition) -> bool:
    if isinstance(condition, All | Any_):
        return any(_counts(part) for part in condition.parts)
    return isinstance(condition, Comparison) and condition.left == Call("position", ())
