"""Chance that repeats itself: the same seed gives the same numbers on every platform and version.

Only `random.Random.random` is used, whose sequence Python guarantees; `choice` and its like may change.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Dice:
    """Numbers drawn from one seed."""

    def __init__(self, *seed: object) -> None:
        """Seed with anything that prints the same each time."""
        self.roll = random.Random("/".join(map(str, seed))).random  # noqa: S311  nothing secret hangs on it
        """Return a number from 0 up to 1."""

    def between(self, low: float, high: float) -> float:
        """Return a number from `low` up to `high`."""
        return low + (high - low) * self.roll()

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both possible."""
        return low + int((high - low + 1) * self.roll())

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of `items`."""
        return items[int(len(items) * self.roll())]

    def chance(self, probability: float) -> bool:
        """Return true with this probability."""
        return self.roll() < probability

    def exponential(self, mean: float) -> float:
        """Return a waiting time with this mean."""
        return -mean * math.log(1 - self.roll())

    def spread(self, median: float, factor: float) -> float:
        """Return a positive number around `median`; two thirds lie within a factor of `factor` (log-normal)."""
        bell = math.sqrt(-2 * math.log(1 - self.roll())) * math.cos(2 * math.pi * self.roll())
        return median * math.exp(math.log(factor) * bell)

    def hexadecimal(self, digits: int) -> str:
        """Return so many hexadecimal digits, upper case."""
        return "".join("0123456789ABCDEF"[int(16 * self.roll())] for _ in range(digits))
