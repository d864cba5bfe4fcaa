"""What was found over time: round bins, two lists of counts for each series."""

from __future__ import annotations

from typing import Any, Final

BINS: Final = 160
"""Most bins."""

_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


def bins(first: float | None, last: float | None) -> tuple[float, float, int]:
    """Return beginning, width and number of bins between two times, as `web/src/source.ts` does."""
    if first is None or last is None:
        return 0.0, 1e6, 0
    seconds = (last - first) / 1e6
    step = next((step for step in _STEPS if seconds / step <= BINS), None)
    width = (step or 86400 * -(-seconds // (86400 * BINS))) * 1e6
    start = first // width * width
    return start, width, int((last - start) // width) + 1


def series(found: list[tuple[str | None, int, int, int]], number: int) -> list[dict[str, Any]]:
    """Return stories and look-ups of each label over time, the most frequent first; null is all others.

    Args:
        found: label, bin, stories and look-ups.
        number: of bins.
    """
    counts: dict[str | None, tuple[list[int], list[int]]] = {}
    for label, place, *both in found:
        for bars, more in zip(counts.setdefault(label, ([0] * number, [0] * number)), both, strict=True):
            bars[place] += more
    ordered = sorted(counts, key=lambda label: (label is None, -sum(map(sum, counts[label])), label or ""))
    return [
        {
            "label": "all others" if label is None else label,
            "counts": counts[label][0],
            "asked": counts[label][1],
        }
        for label in ordered
    ]
