"""The reliability diagram: what was said against what was so. A picture as SVG text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

SIZE: Final = 360
MARGIN: Final = 48
_INK, _PALE, _MARK = "#334", "#99a", "#2563a8"


def picture(reliability: Sequence[dict[str, Any]], kind: str = "all") -> str:
    """Return the diagram of one kind of link: a circle for each bin, its area by the number of links."""
    bins = [row for row in reliability if row["kind"] == kind]
    total = sum(row["links"] for row in bins) or 1
    side = SIZE + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" font-family="sans-serif" font-size="11">',
        f"<title>Reliability of {kind} links</title>",
        *_axes(),
        *(_circle(row, total) for row in bins),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _axes() -> Iterator[str]:
    far = MARGIN + SIZE
    yield f'<path d="M{MARGIN} {MARGIN}V{far}H{far}" fill="none" stroke="{_INK}"/>'
    yield f'<path d="M{MARGIN} {far}L{far} {MARGIN}" stroke="{_PALE}" stroke-dasharray="4 4"/>'
    for tenth in range(0, 11, 2):
        at = SIZE * tenth / 10
        yield f'<text x="{MARGIN + at:g}" y="{far + 16}" text-anchor="middle" fill="{_INK}">{tenth / 10:g}</text>'
        yield f'<text x="{MARGIN - 8}" y="{far - at + 4:g}" text-anchor="end" fill="{_INK}">{tenth / 10:g}</text>'
    middle = MARGIN + SIZE / 2
    yield f'<text x="{middle:g}" y="{far + 34}" text-anchor="middle" fill="{_INK}">stated confidence</text>'
    turned = f"rotate(-90 14 {middle:g})"
    yield f'<text x="14" y="{middle:g}" text-anchor="middle" transform="{turned}" fill="{_INK}">share right</text>'


def _circle(row: dict[str, Any], total: int) -> str:
    radius = 2 + 18 * (row["links"] / total) ** 0.5
    x, y = MARGIN + SIZE * row["stated"], MARGIN + SIZE * (1 - row["observed"])
    says = f"{row['links']} links, stated {row['stated']:.3f}, right {row['observed']:.3f}"
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{_MARK}" fill-opacity="0.55" stroke="{_INK}">'
        f"<title>{says}</title></circle>"
    )
