"""The parts of a Windows event query, and how each is written.

Source: Microsoft, "Consuming Events" (XPath 1.0 limitations) and MS-EVEN6, 2.2.15. Paths go from the event
down by child elements and attributes; conditions compare a leaf with a literal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LEAF_FUNCTIONS: Final = ("band", "position", "timediff")
"""The functions that Windows knows."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: a child, an attribute (`@`) or the text of a leaf, and its conditions."""

    kind: str  # child, attribute or text
    name: str  # * for any
    conditions: tuple[Condition, ...] = ()

    def __str__(self) -> str:
        name = {"attribute": f"@{self.name}", "text": "text()"}.get(self.kind, self.name)
        return name + "".join(f"[{condition}]" for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from where one stands; as a condition it holds where something stands at its end."""

    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return "/".join(map(str, self.steps)) or "."


@dataclass(frozen=True, slots=True)
class Text:
    """A literal in quotation marks; what it looks like decides what it is compared as."""

    value: str

    def __str__(self) -> str:
        return f"'{self.value}'" if "'" not in self.value else f'"{self.value}"'


@dataclass(frozen=True, slots=True)
class Number:
    """A literal number, exact: event fields have 64 bits, more than a double keeps."""

    value: int | float
    written: str

    def __str__(self) -> str:
        return self.written


@dataclass(frozen=True, slots=True)
class Call:
    """A function of Windows: band and position() and timediff."""

    name: str
    arguments: tuple[Operand, ...]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.arguments))})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What stands left compared with a literal."""

    left: Path | Call
    operator: str
    right: Text | Number

    def __str__(self) -> str:
        blank = "" if self.operator in {"=", "!="} else " "
        return f"{self.left}{blank}{self.operator}{blank}{self.right}"


@dataclass(frozen=True, slots=True)
class All:
    """Conditions that must all hold."""

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return " and ".join(f"({part})" if isinstance(part, Any_) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801  `Any` means something else in Python
    """Conditions of which one must hold."""

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.parts))


Operand = Path | Text | Number | Call
Condition = Path | Call | Comparison | All | Any_
