"""A score as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from trackway.lab.score.result import Result


def write_result(result: Result, out: Console) -> None:
    """Print a score."""
    _table(out, "What was found", result.entities)
    _table(out, "Links: right, wrong, unknown and missing apart", result.verdicts)
    _table(out, "Why not right", result.causes)
    _table(
        out,
        "How far confidences can be believed (Brier score, expected calibration error)",
        result.calibration,
    )
    out.print(f"Look-ups blamed on a service where a record names another caller: {result.blamed}")


def _table(out: Console, title: str, rows: Sequence[dict[str, Any]]) -> None:
    out.print(title, style="bold")
    if not rows:
        out.print("  none\n")
        return
    table = Table(box=None, pad_edge=False)
    for name, value in rows[0].items():
        table.add_column(name, justify="right" if isinstance(value, (int, float)) else "left")
    for row in rows:
        table.add_row(*(f"{value:,}" if isinstance(value, int) else str(value) for value in row.values()))
    out.print(table)
    out.print()
