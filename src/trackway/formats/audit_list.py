"""What the build of a list of `auditpol /get` tells where its names and words are in no known language.

**Which subcategory.** Each category is printed in the order of the GUIDs, begun anywhere: one version of Windows prints
`2B 2C 2D 2E 48 4A`, another may print `2C 2D 2E 2B`. Proper names in the names of some subcategories are translated in
no language: `DPAPI` and `RPC` are neighbours in one category only, so they say where its order begins. A category in
which they do not stand as expected, or that has none, is told nothing about.

**Which setting.** "Success and Failure" begins with the one word and ends with the other. Where all three stand in a
list, the only word besides is "No Auditing". Anything less is not sure, and nothing is said.

Source: MS-GPAC 2.2.1.2 (GUIDs); printed lists of Windows 10 (1507, 1809) and 11, which differ in where a category
begins.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class _Category:
    """The last digits of its subcategories in order, how many a version may have, and the proper names in some."""

    numbers: tuple[str, ...]
    lengths: frozenset[int]
    names: dict[str, str]

    def orders(self, length: int) -> Iterator[tuple[str, ...]]:
        """Yield the orders in which so many may be printed."""
        if length in self.lengths:
            known = self.numbers[:length]
            yield from (known[start:] + known[:start] for start in range(length))


_CATEGORIES: Final = (
    _Category(("10", "11", "12", "13", "14"), frozenset([5]), {"13": "IPsec"}),
    _Category(
        ("15", "16", "17", "18", "19", "1A", "1B", "1C", "43", "47", "49"),
        frozenset([9, 10, 11]),
        {"18": "IPsec", "19": "IPsec", "1A": "IPsec"},
    ),
    _Category(
        ("1D", "1E", "1F", "20", "21", "22", "23", "24", "25", "26", "27", "44", "45", "46"),
        frozenset([12, 14]),
        {"20": "SAM"},
    ),
    _Category(("2B", "2C", "2D", "2E", "48", "4A"), frozenset([4, 5, 6]), {"2D": "DPAPI", "2E": "RPC"}),
    _Category(("2F", "30", "31", "32", "33", "34"), frozenset([6]), {"32": "MPSSVC"}),
)
_PROPER: Final = re.compile(r"(?<![A-Z])(?:IPsec|SAM|DPAPI|RPC|MPSSVC|Kerberos)(?![A-Z])", re.I | re.A)
_SETTINGS: Final = 4


def told_by_place(names: Sequence[str]) -> tuple[str, ...] | None:
    """Return the last digits of the subcategories that one category lists, or null where its build does not tell."""
    found = [_proper(name) for name in names]
    possible = [
        order
        for category in _CATEGORIES
        for order in category.orders(len(names))
        if [category.names.get(number, "").upper() for number in order] == found
    ]
    return possible[0] if len(possible) == 1 else None


def _proper(name: str) -> str:
    found = _PROPER.search(name)
    return found[0].upper() if found else ""


def told_by_build(words: Collection[str]) -> dict[str, int]:
    """Return the number of each setting (1 success, 2 failure, 3 both, 0 none) that the words of one list make sure."""
    folded = {word.casefold(): word for word in words}
    if len(folded) > _SETTINGS:
        return {}
    for both in folded:
        others = [word for word in folded if word != both]
        success = max(filter(both.startswith, others), key=len, default="")
        failure = max(filter(both.endswith, others), key=len, default="")
        if success and failure and success != failure and len(success) + len(failure) < len(both):
            told = {success: 1, failure: 2, both: 3}
            return {folded[word]: told.get(word, 0) for word in folded}
    return {}
