"""How much an archive may unpack to, and the two ways in which unpacking ends early."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MEBIBYTE: Final = 1 << 20
GIBIBYTE: Final = 1 << 30


class Damaged(Exception):  # noqa: N818  not an error of ours: the state of the evidence
    """Content that breaks off or is not what was packed; everything before it has been handed out."""


class LimitReached(Exception):  # noqa: N818  as above
    """Content that is left out because unpacking it further would break a limit."""


def cause(error: Exception) -> str:
    """Return what went wrong in a library of libyal: it says so function by function, the innermost second."""
    said = str(error).strip().removesuffix(".").split(". ")[:2][-1]
    return (re.sub(r"^\w+: ", "", said) or type(error).__name__)[:200]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What unpacking one evidence file may cost. Real evidence stays far below.

    Attributes:
        ratio: unpacked bytes for one packed byte, once `ratio_free` bytes are passed. Deflate ends
            at 1,032; event logs reach 20 to 100, an empty preallocated log almost 1,000.
        ratio_free: bytes that are unpacked whatever the ratio.
        entries: members of all archives of one evidence file together.
        depth: archives inside archives; a `.tar.gz` counts as one.
        total: unpacked bytes of one evidence file.
        member: unpacked bytes of one member.
    """

    ratio: int = 1000
    ratio_free: int = 100 * MEBIBYTE
    entries: int = 100_000
    depth: int = 4
    total: int = 1024 * GIBIBYTE
    member: int = 200 * GIBIBYTE

    def require_ratio(self, packed: int, unpacked: int) -> None:
        """Raise LimitReached where so few bytes became so many."""
        if unpacked > self.ratio_free and unpacked > self.ratio * packed:
            raise LimitReached(f"unpacks to more than {self.ratio:,} times its size")


DEFAULT: Final = Limits()


@dataclass(slots=True)
class Budget:
    """What is left of the limits of one evidence file; `spent` says which limit ended it.

    The password opens its encrypted members; it is kept nowhere.
    """

    limits: Limits
    packed: int
    password: str | None = None
    unpacked: int = 0
    entries: int = 0
    spent: str | None = None

    def enter(self) -> None:
        """Count one member."""
        self.entries += 1
        if self.entries > self.limits.entries:
            self._end(f"more than {self.limits.entries:,} members")

    def spend(self, count: int) -> None:
        """Count bytes that were unpacked."""
        self.unpacked += count
        if self.unpacked > self.limits.total:
            self._end(f"more than {self.limits.total:,} bytes unpacked")
        try:
            self.limits.require_ratio(self.packed, self.unpacked)
        except LimitReached as reached:
            self._end(f"the whole archive {reached}")

    def _end(self, limit: str) -> None:
        self.spent = limit
        raise LimitReached(limit)
